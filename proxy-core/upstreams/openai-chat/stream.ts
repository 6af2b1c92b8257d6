/**
 * Chat Completions frames in, neutral stream events out (mapping 2.2). Pure. At most one of text, refusal
 * and reasoning is open at a time; tool calls have their own owner (./tool-call-tracker.ts). A
 * finish_reason is only noted: usage, more calls or an error may still come, so the answer is over with
 * [DONE] or the end of the body.
 *
 *   streaming ─▶ over      finish: [DONE], or an orderly end after a finish_reason
 *                          error:  an error frame, finish_reason `error`, or an end without any of these
 *
 * What a failure leaves open is not closed here: the emitter closes it as incomplete.
 */
import { parseJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { EndCause, Machine, MachineResult } from '../../protocol/stream/machine.ts';
import type { StreamError, StreamEvent } from '../../protocol/stream/stream-event.ts';
import { encodeEnvelope } from '../shared/reasoning-envelope.ts';
import type { StreamContext, UpstreamFrame } from '../upstream.ts';
import { toChunk, type ChatChunk, type ChunkPart } from './chunk.ts';
import { toStreamError } from './errors.ts';
import { toFinishReason } from './finish-reason.ts';
import { addReasoningDetails, addReasoningText, createReasoningBuffer, toReplayBlocks, type ReasoningBuffer } from './reasoning-buffer.ts';
import {
  createToolCallTracker,
  endWholeCalls,
  flushCalls,
  hasNamelessCall,
  pushFragment,
  type ToolCallTracker,
} from './tool-call-tracker.ts';
import { toPartialUsage } from './usage.ts';

export interface ChatStreamState {
  phase: 'streaming' | 'over';
  /** Model name for the reasoning envelope: the one the client asked for, which it will ask for again. */
  model: string;
  open: OpenBlock | null;
  blockCount: number;
  calls: ToolCallTracker;
  /** Blocks without text that came while text was open: they become a reasoning item of their own after it. */
  lateDetails: ReasoningBuffer | null;
  /** Citations may come before their text; they are sent when the text ends. */
  annotations: JsonObject[];
  metadata: { upstreamId?: string; model?: string; serviceTier?: string };
  usage: JsonObject | null;
  finishReason: string | null;
  nativeFinishReason: string | null;
  frameCount: number;
  /** The end of the text so far, to find tags that deltas have split. */
  textTail: string;
  warned: string[];
}

type OpenBlock = { type: 'text' | 'refusal'; key: string } | { type: 'reasoning'; key: string; buffer: ReasoningBuffer };

export function createChatStreamMachine({ request }: StreamContext): Machine<ChatStreamState, UpstreamFrame, StreamEvent> {
  return { initialState: () => createState(request.model), step, end };
}

function createState(model: string): ChatStreamState {
  return {
    phase: 'streaming',
    model,
    open: null,
    blockCount: 0,
    calls: createToolCallTracker(),
    lateDetails: null,
    annotations: [],
    metadata: {},
    usage: null,
    finishReason: null,
    nativeFinishReason: null,
    frameCount: 0,
    textTail: '',
    warned: [],
  };
}

function step(state: ChatStreamState, frame: UpstreamFrame): MachineResult<ChatStreamState, StreamEvent> {
  if (state.phase === 'over') return { state, outputs: [] };
  state.frameCount += 1;
  if (frame.data.trim() === '[DONE]') return { state, outputs: stepDone(state) };
  const payload = parseJsonObject(frame.data);
  if (!payload) return { state, outputs: warnOnce(state, 'frame_not_json', 'The upstream sent a frame that is not JSON; it was skipped.') };
  return { state, outputs: stepChunk(state, toChunk(payload, frame.event)) };
}

function stepChunk(state: ChatStreamState, chunk: ChatChunk): StreamEvent[] {
  const outputs = [...noteMetadata(state, chunk)];
  for (const part of chunk.parts) outputs.push(...stepPart(state, part));
  for (const field of chunk.unknownFields) {
    outputs.push(
      ...warnOnce(state, `field_${field}`, `The upstream's field ${field} has no place in a Responses stream; it was left out.`),
    );
  }
  if (chunk.isOtherChoice)
    outputs.push(...warnOnce(state, 'other_choice', 'The upstream sent more than one choice; only the first counts.'));
  if (chunk.usage) state.usage = { ...state.usage, ...withoutNulls(chunk.usage) };
  state.finishReason = chunk.finishReason ?? state.finishReason;
  state.nativeFinishReason = chunk.nativeFinishReason ?? state.nativeFinishReason;
  if (chunk.error !== undefined) outputs.push(...fail(state, toStreamError(chunk.error)));
  return outputs;
}

function stepPart(state: ChatStreamState, part: ChunkPart): StreamEvent[] {
  switch (part.type) {
    case 'reasoning': {
      const { outputs, block } = openReasoning(state);
      addReasoningText(block.buffer, part.field, part.text);
      return [...outputs, { type: 'reasoning-delta', key: block.key, text: part.text }];
    }
    case 'reasoning-details':
      return stepDetails(state, part);
    case 'text': {
      const { outputs, key } = openBlock(state, 'text');
      const delta: StreamEvent = { type: 'text-delta', key, text: part.text };
      if (part.logprobs.length > 0) delta.logprobs = part.logprobs;
      return [...outputs, delta, ...lookForTags(state, part.text)];
    }
    case 'annotations':
      state.annotations.push(...part.annotations);
      return [];
    case 'refusal': {
      const { outputs, key } = openBlock(state, 'refusal');
      return [...outputs, { type: 'refusal-delta', key, text: part.text }];
    }
    case 'call':
      return [...closeOpen(state), ...pushFragment(state.calls, part.fragment)];
  }
}

function stepDetails(state: ChatStreamState, part: Extract<ChunkPart, { type: 'reasoning-details' }>): StreamEvent[] {
  if (part.text === '' && state.open?.type === 'text') {
    state.lateDetails ??= createReasoningBuffer();
    addReasoningDetails(state.lateDetails, part.field, part.details);
    return [];
  }
  const { outputs, block } = openReasoning(state);
  addReasoningDetails(block.buffer, part.field, part.details);
  if (part.text !== '') outputs.push({ type: 'reasoning-delta', key: block.key, text: part.text });
  return outputs;
}

function openBlock(state: ChatStreamState, type: 'text' | 'refusal'): { outputs: StreamEvent[]; key: string } {
  if (state.open?.type === type) return { outputs: [], key: state.open.key };
  const outputs = [...closeOpen(state), ...endWholeCalls(state.calls)];
  const key = toKey(state, type);
  state.open = { type, key };
  return { outputs: [...outputs, { type: `${type}-start`, key }], key };
}

function openReasoning(state: ChatStreamState): { outputs: StreamEvent[]; block: Extract<OpenBlock, { type: 'reasoning' }> } {
  if (state.open?.type === 'reasoning') return { outputs: [], block: state.open };
  const outputs = [...closeOpen(state), ...endWholeCalls(state.calls)];
  const block = { type: 'reasoning' as const, key: toKey(state, 'reasoning'), buffer: createReasoningBuffer() };
  state.open = block;
  return { outputs: [...outputs, { type: 'reasoning-start', key: block.key }], block };
}

function toKey(state: ChatStreamState, type: string): string {
  return `${type}-${state.blockCount++}`;
}

function closeOpen(state: ChatStreamState): StreamEvent[] {
  const { open } = state;
  state.open = null;
  if (!open) return [];
  switch (open.type) {
    case 'reasoning':
      return [toReasoningEnd(state, open.key, open.buffer)];
    case 'refusal':
      return [{ type: 'refusal-end', key: open.key }];
    case 'text':
      return [...sendAnnotations(state, open.key), { type: 'text-end', key: open.key }, ...sendLateDetails(state)];
  }
}

function toReasoningEnd(state: ChatStreamState, key: string, buffer: ReasoningBuffer): StreamEvent {
  const blocks = toReplayBlocks(buffer);
  if (blocks.length === 0) return { type: 'reasoning-end', key };
  const encryptedContent = encodeEnvelope({ provider: 'chat', model: state.model, blocks });
  return { type: 'reasoning-end', key, encryptedContent, replay: { blocks } };
}

function sendLateDetails(state: ChatStreamState): StreamEvent[] {
  const buffer = state.lateDetails;
  if (!buffer) return [];
  state.lateDetails = null;
  const key = toKey(state, 'reasoning');
  return [{ type: 'reasoning-start', key }, toReasoningEnd(state, key, buffer)];
}

/** OpenRouter's `{type: 'url_citation', url_citation: {…}}` as the flat annotation of Responses. */
function sendAnnotations(state: ChatStreamState, key: string): StreamEvent[] {
  return state.annotations.splice(0).map((annotation) => {
    const citation = annotation.url_citation as JsonObject | undefined;
    const { url, title, start_index, end_index } = citation ?? annotation;
    const flat = { type: 'url_citation', url: url ?? '', title: title ?? '', start_index: start_index ?? 0, end_index: end_index ?? 0 };
    return { type: 'text-annotation', key, annotation: flat };
  });
}

function noteMetadata(state: ChatStreamState, chunk: ChatChunk): StreamEvent[] {
  const { id, model, serviceTier } = chunk;
  const news: ChatStreamState['metadata'] = {};
  if (id !== undefined && state.metadata.upstreamId === undefined) news.upstreamId = id;
  if (model !== undefined && state.metadata.model === undefined) news.model = model;
  if (serviceTier !== undefined && state.metadata.serviceTier !== serviceTier) news.serviceTier = serviceTier;
  if (Object.keys(news).length === 0) return [];
  Object.assign(state.metadata, news);
  return [{ type: 'metadata', ...news }];
}

/** Markup that belongs to the model's template shows that the server does not parse it. It is text all the same. */
function lookForTags(state: ChatStreamState, text: string): StreamEvent[] {
  const seen = state.textTail + text;
  state.textTail = seen.slice(-16);
  if (seen.includes('<think>')) {
    return warnOnce(
      state,
      'think_tag_in_text',
      'The text holds a <think> tag: the server does not separate reasoning (set its reasoning parser).',
    );
  }
  if (seen.includes('<tool_call>') || seen.includes('<|tool_call')) {
    return warnOnce(
      state,
      'tool_call_in_text',
      'The text holds tool call markup: the server does not parse calls of this model (set its tool call parser).',
    );
  }
  return [];
}

function warnOnce(state: ChatStreamState, code: string, message: string): StreamEvent[] {
  if (state.warned.includes(code)) return [];
  state.warned.push(code);
  return [{ type: 'warning', code: code.startsWith('field_') ? 'field_dropped' : code, message }];
}

function stepDone(state: ChatStreamState): StreamEvent[] {
  if (state.finishReason !== null) return finish(state);
  const hasContent = state.blockCount > 0 || state.calls.calls.length > 0;
  if (!hasContent) return fail(state, serverError('The upstream ended its stream without any content or finish_reason.'));
  state.finishReason = 'stop';
  return [
    ...warnOnce(state, 'finish_reason_missing', 'The upstream sent [DONE] but no finish_reason; the answer is taken as whole.'),
    ...finish(state),
  ];
}

function finish(state: ChatStreamState): StreamEvent[] {
  const reason = toFinishReason(state.finishReason ?? '');
  const told = [state.finishReason, state.nativeFinishReason].filter((one) => one !== null).join(', ');
  if (reason === 'error') return fail(state, serverError(`The upstream gave up with finish_reason ${told}.`));
  const isWhole = reason === 'stop' || reason === 'tool-calls';
  if (isWhole && hasNamelessCall(state.calls))
    return fail(state, serverError('The upstream sent a tool call without a name, which nobody can run.'));
  state.phase = 'over';
  const outputs = [...closeOpen(state), ...flushCalls(state.calls, isWhole), ...toUsageEvents(state)];
  if (state.annotations.length > 0) {
    outputs.push(...warnOnce(state, 'annotation_without_text', 'The upstream sent citations but no text; they were left out.'));
  }
  if (reason === 'unknown') {
    outputs.push(...warnOnce(state, 'finish_reason_unknown', `The upstream's finish_reason is not known here: ${told}.`));
    return [...outputs, { type: 'finish', reason, message: `finish_reason ${told}` }];
  }
  // Ollama and LM Studio say stop; what matters is whether there are calls.
  const hasCalls = state.calls.calls.length > 0;
  return [...outputs, { type: 'finish', reason: reason === 'stop' && hasCalls ? 'tool-calls' : reason }];
}

/** Interim counts may be incomplete; a null says nothing. */
function withoutNulls(usage: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
}

/** What was held back still goes out; open blocks stay open, which tells the emitter that they were cut. */
function fail(state: ChatStreamState, error: StreamError): StreamEvent[] {
  state.phase = 'over';
  return [...flushCalls(state.calls, false), ...toUsageEvents(state), { type: 'error', error }];
}

function serverError(message: string): StreamError {
  return { code: 'server_error', message };
}

function toUsageEvents(state: ChatStreamState): StreamEvent[] {
  const usage = state.usage && toPartialUsage(state.usage);
  return usage ? [{ type: 'usage', usage, raw: state.usage }] : [];
}

function end(state: ChatStreamState, cause: EndCause): MachineResult<ChatStreamState, StreamEvent> {
  if (state.phase === 'over') return { state, outputs: [] };
  // After a finish_reason the answer is whole, however the connection ends.
  const isOrderly = cause.type === 'completed' || cause.type === 'upstream-error' || cause.type === 'timeout';
  if (isOrderly && state.finishReason !== null) return { state, outputs: finish(state) };
  if (cause.type === 'completed') return { state, outputs: cut(state) };
  state.phase = 'over';
  return { state, outputs: [...flushCalls(state.calls, false), ...toUsageEvents(state)] };
}

function cut(state: ChatStreamState): StreamEvent[] {
  const message =
    state.frameCount === 0
      ? 'The upstream sent no events at all; its answer is no Chat Completions stream.'
      : `The upstream closed the stream before a finish_reason (after ${state.frameCount} events).`;
  return fail(state, serverError(message));
}
