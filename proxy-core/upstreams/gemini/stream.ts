/**
 * Gemini's stream (one GenerateContentResponse a frame) as neutral stream events; mapping 2.3. Pure.
 *
 *   no block ──thought──▶ reasoning ──text──▶ text ──thought──▶ reasoning …      one block is open at a time
 *   any ──functionCall──▶ [reasoning that carries the signature] ▶ call, whole   any ──willContinue──▶ call, open
 *   end ─▶ closes the block, then one finish (finishReason, blockReason) or one error (anything else)
 *
 * A signed call is preceded by a reasoning block in every case, an empty one if there is no thought text:
 * its envelope is the only place in which a client that keeps no state carries the signature back.
 */
import { asString, isObject, parseJson, type JsonObject } from '../../protocol/json.ts';
import type { EndCause, Machine } from '../../protocol/stream/machine.ts';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import type { StreamContext, UpstreamFrame } from '../upstream.ts';
import { toAnnotations } from './grounding.ts';
import { applyPartialArgs } from './partial-args.ts';
import { toEnvelope, type CallReplay, type SignatureBlock, type TextReplay } from './replay.ts';
import { toErrorCode, toOutcome } from './stop-reasons.ts';
import { mergeUsage, toPartialUsage } from './usage.ts';
import { parseChunk, type GeminiChunk } from './wire.ts';

type OpenBlock =
  | { type: 'text'; key: string; start: number; replay: TextReplay | undefined }
  | { type: 'reasoning'; key: string; blocks: SignatureBlock[] }
  | { type: 'call'; key: string; name: string; args: JsonObject; replay: CallReplay };

interface GeminiState {
  /** `failed`: an error was told; what comes after it is not. */
  phase: 'streaming' | 'failed';
  open: OpenBlock | undefined;
  chunkCount: number;
  blockCount: number;
  callCount: number;
  /** All text of the answer, for the byte offsets of citations. */
  answer: string;
  grounding: JsonObject;
  usage: JsonObject;
  finish: { reason: string; message: string | undefined; isBlock: boolean } | undefined;
  warned: Set<string>;
}

export function createGeminiStreamMachine(context: StreamContext): Machine<GeminiState, UpstreamFrame, StreamEvent> {
  const model = context.request.model;
  return {
    initialState: () => ({
      phase: 'streaming',
      open: undefined,
      chunkCount: 0,
      blockCount: 0,
      callCount: 0,
      answer: '',
      grounding: {},
      usage: {},
      finish: undefined,
      warned: new Set(),
    }),
    step(state, frame) {
      const run = createRun(state, model);
      if (state.phase === 'streaming') run.frame(frame);
      return { state, outputs: run.outputs };
    },
    end(state, cause) {
      const run = createRun(state, model);
      if (state.phase === 'streaming') run.end(cause);
      return { state, outputs: run.outputs };
    },
  };
}

/** The work of one step on one state. */
function createRun(state: GeminiState, model: string) {
  const outputs: StreamEvent[] = [];

  function warn(code: string, message: string): void {
    // Once a stream: a kind of part that is not understood tends to come in every chunk.
    if (state.warned.has(code + message)) return;
    state.warned.add(code + message);
    outputs.push({ type: 'warning', code, message });
  }

  function frame({ data }: UpstreamFrame): void {
    if (data.trim() === '' || data === '[DONE]') return;
    const parsed = parseJson(data);
    for (const value of Array.isArray(parsed) ? parsed : [parsed]) {
      const chunk = isObject(value) ? parseChunk(value) : undefined;
      state.chunkCount += 1;
      if (chunk) applyChunk(chunk);
      else warn('unknown_upstream_event', `Gemini sent a chunk that is not a GenerateContentResponse: ${excerpt(data)}`);
    }
  }

  function applyChunk(chunk: GeminiChunk): void {
    if (chunk.responseId || chunk.modelVersion) outputs.push(toMetadata(chunk));
    if (chunk.usageMetadata) applyUsage(chunk.usageMetadata);
    for (const part of chunk.candidate?.parts ?? []) applyPart(part);
    const grounding = chunk.candidate?.groundingMetadata;
    if (grounding) applyGrounding(grounding);
    if (chunk.candidate?.finishReason) {
      state.finish = { reason: chunk.candidate.finishReason, message: chunk.candidate.finishMessage, isBlock: false };
    } else if (chunk.blockReason) state.finish = { reason: chunk.blockReason, message: chunk.blockReasonMessage, isBlock: true };
    if (chunk.error) fail(toErrorCode(chunk.error.status), `Gemini stopped with an error: ${describe(chunk.error)}`, chunk.error.status);
  }

  function applyUsage(update: JsonObject): void {
    state.usage = mergeUsage(state.usage, update);
    outputs.push({ type: 'usage', usage: toPartialUsage(state.usage), raw: state.usage });
    const tier = asString(state.usage.serviceTier)?.toLowerCase();
    if (tier) outputs.push({ type: 'metadata', serviceTier: tier === 'standard' ? 'default' : tier });
  }

  function applyPart(part: JsonObject): void {
    const signature = asString(part.thoughtSignature) || undefined;
    if (isObject(part.functionCall)) applyCall(part.functionCall, signature);
    else if (typeof part.text === 'string') {
      if (part.thought === true) applyThought(part.text, signature);
      else applyText(part.text, signature);
    } else {
      const kind = Object.keys(part).find((name) => name !== 'thoughtSignature' && name !== 'thought') ?? 'empty';
      warn('unsupported_part', `Gemini sent a part of the kind ${kind}, which Responses has no item for; see the recorded upstream bytes.`);
    }
  }

  function applyThought(text: string, signature: string | undefined): void {
    if (text === '' && !signature) return;
    const open = openReasoning();
    if (text !== '') outputs.push({ type: 'reasoning-delta', key: open.key, text });
    if (signature) open.blocks.push({ sig: signature, at: 'thought', text });
  }

  function applyText(text: string, signature: string | undefined): void {
    if (text === '') {
      if (signature) keepTrailingSignature(signature);
      return;
    }
    if (state.open?.type !== 'text') {
      closeOpen();
      state.open = { type: 'text', key: nextKey('text'), start: state.answer.length, replay: undefined };
      outputs.push({ type: 'text-start', key: state.open.key });
    }
    state.answer += text;
    outputs.push({ type: 'text-delta', key: state.open.key, text });
    if (signature) state.open.replay = { signature, isTrailing: false };
  }

  /** Gemini 3 signs text on an empty part behind it. */
  function keepTrailingSignature(signature: string): void {
    if (state.open?.type === 'text') state.open.replay = { signature, isTrailing: true };
    else if (state.open?.type === 'reasoning') state.open.blocks.push({ sig: signature, at: 'text' });
    else warn('signature_dropped', 'Gemini signed an empty part that follows no text; that signature cannot be sent back.');
  }

  function applyCall(call: JsonObject, signature: string | undefined): void {
    const name = asString(call.name);
    const isPartial = call.willContinue === true;
    if (!name) return continueCall(call, isPartial);
    if (signature) openReasoning().blocks.push({ sig: signature, at: 'functionCall' });
    closeOpen();
    const id = asString(call.id) || undefined;
    const replay: CallReplay = { ...(id ? { id } : {}), ...(signature ? { signature } : {}) };
    state.open = { type: 'call', key: nextKey('call'), name, args: {}, replay };
    state.callCount += 1;
    outputs.push({ type: 'tool-input-start', key: state.open.key, callId: id ?? null, name });
    continueCall(call, isPartial);
  }

  /** A further piece of the open call; the last one is `functionCall: {}`. */
  function continueCall(call: JsonObject, isPartial: boolean): void {
    if (state.open?.type !== 'call') {
      return warn('call_without_name', 'Gemini sent a function call without a name; there is no call to make of it.');
    }
    if (isObject(call.args)) Object.assign(state.open.args, call.args);
    else if (call.args !== undefined && call.args !== null) {
      warn(
        'unreadable_argument',
        `Gemini sent arguments of ${state.open.name} that are not an object: ${excerpt(JSON.stringify(call.args))}`,
      );
    }
    for (const path of applyPartialArgs(state.open.args, call.partialArgs)) {
      warn('unreadable_argument', `Gemini sent an argument of ${state.open.name} at the place "${path}", which cannot be read.`);
    }
    if (!isPartial) closeOpen();
  }

  function applyGrounding(update: JsonObject): void {
    // Supports name their chunks by index, and both grow from chunk to chunk: the last lists count.
    for (const name of ['groundingChunks', 'groundingSupports']) {
      if (Array.isArray(update[name])) state.grounding = { ...state.grounding, [name]: update[name] };
    }
    if (state.open?.type !== 'text' && Array.isArray(update.groundingSupports) && update.groundingSupports.length > 0) {
      warn('late_citation', 'Gemini sent citations for a text that had ended already; they are only in the recorded upstream bytes.');
    }
  }

  function openReasoning(): Extract<OpenBlock, { type: 'reasoning' }> {
    if (state.open?.type === 'reasoning') return state.open;
    closeOpen();
    const block: OpenBlock = { type: 'reasoning', key: nextKey('reasoning'), blocks: [] };
    state.open = block;
    outputs.push({ type: 'reasoning-start', key: block.key });
    return block;
  }

  /** `isCut`: the stream stopped in this block, so a call in it must not look like a whole one. */
  function closeOpen(isCut = false): void {
    const open = state.open;
    state.open = undefined;
    if (!open) return;
    switch (open.type) {
      case 'text':
        return closeText(open);
      case 'reasoning':
        outputs.push({ type: 'reasoning-end', key: open.key, encryptedContent: toEnvelope(model, open.blocks) });
        return;
      case 'call': {
        const json = JSON.stringify(open.args);
        outputs.push({ type: 'tool-input-delta', key: open.key, delta: isCut ? json.slice(0, -1) : json });
        const hasReplay = Object.keys(open.replay).length > 0;
        outputs.push({ type: 'tool-input-end', key: open.key, ...(hasReplay ? { replay: open.replay } : {}) });
      }
    }
  }

  /** A failure leaves the block without an end, which tells the emitter that it was cut. */
  function cutOpen(): void {
    const open = state.open;
    state.open = undefined;
    if (open?.type === 'call') outputs.push({ type: 'tool-input-delta', key: open.key, delta: JSON.stringify(open.args).slice(0, -1) });
  }

  function closeText(open: Extract<OpenBlock, { type: 'text' }>): void {
    const { annotations, missed } = toAnnotations(state.grounding, { answer: state.answer, start: open.start });
    for (const annotation of annotations) outputs.push({ type: 'text-annotation', key: open.key, annotation });
    if (missed > 0)
      warn('citation_dropped', `${missed} of Gemini's citations name no source or no place in this text; they were left out.`);
    state.grounding = {};
    outputs.push({ type: 'text-end', key: open.key, ...(open.replay ? { replay: open.replay } : {}) });
  }

  function nextKey(kind: string): string {
    return `${kind}-${state.blockCount++}`;
  }

  function fail(code: ReturnType<typeof toErrorCode>, message: string, upstreamType: string | undefined): void {
    cutOpen();
    state.phase = 'failed';
    outputs.push({ type: 'error', error: upstreamType === undefined ? { code, message } : { code, message, upstreamType } });
  }

  function end(cause: EndCause): void {
    if (state.finish) return finish(state.finish);
    const after =
      state.chunkCount === 0
        ? 'before any event'
        : `after ${state.chunkCount} ${state.chunkCount === 1 ? 'chunk' : 'chunks'}, without a finishReason`;
    switch (cause.type) {
      case 'completed':
        return fail('server_error', `Gemini closed the stream ${after}.`, undefined);
      case 'upstream-error':
        return fail('server_error', `The connection to Gemini broke ${after}: ${cause.detail}`, undefined);
      default:
        // Not Gemini's fault: the cause itself says what happened.
        cutOpen();
    }
  }

  function finish({ reason, message, isBlock }: NonNullable<GeminiState['finish']>): void {
    const outcome = isBlock ? ({ type: 'finish', reason: 'content-filter' } as const) : toOutcome(reason);
    if (outcome.type === 'error') {
      return fail('server_error', `Gemini stopped with ${reason}${message ? `: ${message}` : ' and gave no explanation.'}`, reason);
    }
    closeOpen(outcome.reason !== 'stop');
    if (outcome.reason === 'unknown') {
      warn('unknown_finish_reason', `Gemini stopped with ${reason}${message ? `: ${message}` : ''}; the answer is told as incomplete.`);
    }
    if (outcome.reason === 'content-filter' && message) explainRefusal(message);
    const isToolStop = outcome.reason === 'stop' && state.callCount > 0;
    outputs.push({ type: 'finish', reason: isToolStop ? 'tool-calls' : outcome.reason, message: message ?? reason });
  }

  function explainRefusal(text: string): void {
    const key = nextKey('refusal');
    outputs.push({ type: 'refusal-start', key }, { type: 'refusal-delta', key, text }, { type: 'refusal-end', key });
  }

  return { outputs, frame, end };
}

function toMetadata(chunk: GeminiChunk): StreamEvent {
  return {
    type: 'metadata',
    ...(chunk.responseId ? { upstreamId: chunk.responseId } : {}),
    ...(chunk.modelVersion ? { model: chunk.modelVersion } : {}),
  };
}

function describe(error: { status: string | undefined; message: string }): string {
  return error.status ? `${error.status}: ${error.message}` : error.message;
}

function excerpt(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
