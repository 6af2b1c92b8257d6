/**
 * Neutral stream events in, Responses events out. The one owner of ids, output indexes and sequence
 * numbers on a translated route; its invariants are mapping 2.0.
 *
 *   start() ─▶ created, in_progress
 *   push()  ─▶ added … deltas … *.done            items one after another, in the order of their starts
 *   end()   ─▶ closes what is open, then exactly one of completed | incomplete | failed
 *
 * Two things wait here on purpose. A block that starts while another is open is held back until that one
 * ends: genuine streams are sequential and some clients need it. And the `output_item.done` of a block
 * waits for whatever follows it, because only the stop reason tells whether the last item was cut.
 */
import type { JsonObject } from '../protocol/json.ts';
import type { OutputItem, ResponseObject, ResponsesEvent, ResponseStatus, Usage } from '../protocol/responses/wire.ts';
import type { EndCause } from '../protocol/stream/machine.ts';
import type { FinishReason, PartialUsage, StreamError, StreamEvent } from '../protocol/stream/stream-event.ts';
import type { ToolRoute, Warning } from '../upstreams/upstream.ts';
import { createCustomCallItem } from './custom-call-item.ts';
import { createFunctionCallItem } from './function-call-item.ts';
import { createWebSearchItem } from './hosted-item.ts';
import type { FinishedItem, ItemContext, ItemOwner } from './item-context.ts';
import { createReasoningItem } from './reasoning-item.ts';
import { createTextItem } from './text-item.ts';
import { addUsage, toUsage } from './usage.ts';

export interface EmitterOptions {
  /** The response as it begins (createResponseObject). */
  response: ResponseObject;
  /** By upstream tool name. */
  routes: ReadonlyMap<string, ToolRoute>;
  createId: (prefix: string) => string;
  /** Unix seconds, asked once at the end. */
  now: () => number;
  /** True for a call_id that this session has already used for another call. */
  isCallIdTaken?: (callId: string) => boolean;
  onWarning?: (warning: Warning) => void;
}

export interface Emitted {
  event: ResponsesEvent;
  /** What `cause` was when the event came about: the index of an upstream chunk, or null. */
  cause: number | null;
  /** With output_item.done: what has to be kept with the item for its replay. */
  replay?: unknown;
}

export interface ResponsesEmitter {
  /** Set by the caller before each call: what the next events are caused by. */
  cause: number | null;
  start(): Emitted[];
  push(event: StreamEvent): Emitted[];
  end(cause: EndCause): Emitted[];
  /** The response so far; after `end` it is the terminal one. */
  readonly response: ResponseObject;
  readonly upstreamId: string | null;
}

type BlockEvent = Extract<StreamEvent, { key: string }>;
interface Block {
  key: string;
  owner: ItemOwner | undefined;
  held: BlockEvent[];
}

export function createResponsesEmitter(options: EmitterOptions): ResponsesEmitter {
  const response = options.response;
  /** In the order of their starts; the first one's events go out. A map: a broken upstream may open thousands. */
  const blocks = new Map<string, Block>();
  const usedCallIds = new Set<string>();
  let outputs: Emitted[] = [];
  let sequence = 0;
  let nextOutputIndex = 0;
  let waiting: { finished: FinishedItem; cause: number | null; isOrderly: boolean } | undefined;
  let usage: PartialUsage | undefined;
  /** Of earlier answers of a turn that was paused. */
  let usageBefore: PartialUsage | undefined;
  let finish: { reason: FinishReason; message: string | undefined } | undefined;
  let failure: StreamError | undefined;
  let hasEnded = false;

  const emitter: ResponsesEmitter = { cause: null, start, push, end, response, upstreamId: null };

  function emit(type: string, fields: JsonObject): void {
    outputs.push({ event: { type, sequence_number: sequence++, ...fields }, cause: emitter.cause });
  }

  const context: ItemContext = {
    emit,
    addItem(item) {
      closeWaiting('completed');
      const output_index = nextOutputIndex++;
      emit('response.output_item.added', { output_index, item });
      return output_index;
    },
    createId: options.createId,
    warn: (code, message) => options.onWarning?.({ code, message }),
  };

  /** Sends the output_item.done that waited for its status. */
  function closeWaiting(status: 'completed' | 'incomplete'): void {
    if (!waiting) return;
    const { finished, cause } = waiting;
    waiting = undefined;
    const item: OutputItem = finished.item;
    // Reasoning items carry no status in genuine streams; a compaction has none either.
    if ('status' in item) item.status = finished.isCut ? 'incomplete' : status;
    response.output.push(item);
    const event = { type: 'response.output_item.done', sequence_number: sequence++, output_index: finished.outputIndex, item };
    outputs.push(finished.replay === undefined ? { event, cause } : { event, cause, replay: finished.replay });
  }

  function openBlock(event: BlockEvent): ItemOwner | undefined {
    switch (event.type) {
      case 'text-start':
        return createTextItem(context, 'text');
      case 'refusal-start':
        return createTextItem(context, 'refusal');
      case 'reasoning-start':
        return createReasoningItem(context);
      case 'tool-input-start':
        return openCall(event);
      case 'hosted-start':
        return createWebSearchItem(context, event);
      default:
        context.warn('event_without_block', `A ${event.type} came for a block that was never started; it was dropped.`);
        return undefined;
    }
  }

  function openCall(event: Extract<StreamEvent, { type: 'tool-input-start' }>): ItemOwner {
    const route = options.routes.get(event.name);
    if (route?.type === 'text') return createForcedTextItem(context);
    if (!route)
      context.warn('unknown_tool_called', `The model called ${event.name || 'a tool without a name'}, which the request does not define.`);
    // A call must have a name, even one that no tool has.
    const target = { callId: toCallId(event), name: route?.name ?? (event.name || 'unnamed'), namespace: route?.namespace };
    return route?.type === 'custom' ? createCustomCallItem(context, target) : createFunctionCallItem(context, target);
  }

  /** The upstream's id, byte for byte, unless it is missing or names another call already. */
  function toCallId({ callId, name }: { callId: string | null; name: string }): string {
    if (callId && !usedCallIds.has(callId) && !options.isCallIdTaken?.(callId)) {
      usedCallIds.add(callId);
      return callId;
    }
    const minted = options.createId('call');
    usedCallIds.add(minted);
    if (callId)
      context.warn(
        'call_id_renamed',
        `The upstream gave the call of ${name} an id that was used before (${callId}); it is ${minted} here.`,
      );
    return minted;
  }

  function pushToBlock(event: BlockEvent): void {
    const block = blocks.get(event.key);
    if (!block) {
      if (blocks.size > 0) {
        blocks.set(event.key, { key: event.key, owner: undefined, held: [event] });
        return;
      }
      const owner = openBlock(event);
      if (owner) blocks.set(event.key, { key: event.key, owner, held: [] });
      return;
    }
    if (block !== head()) block.held.push(event);
    else apply(block, event);
  }

  function head(): Block | undefined {
    for (const block of blocks.values()) return block;
    return undefined;
  }

  function apply(block: Block, event: BlockEvent): void {
    if (!isEnd(event)) return block.owner?.push(event);
    closeBlock(block, event);
    blocks.delete(block.key);
    releaseNext();
  }

  /** The next block's turn has come: what it received meanwhile goes out now. */
  function releaseNext(): void {
    for (let next = head(); next && !next.owner; next = head()) {
      const first = next.held.shift();
      if (!first) return;
      next.owner = openBlock(first);
      if (!next.owner) {
        blocks.delete(next.key);
        continue;
      }
      const held = next.held.splice(0);
      const endAt = held.findIndex(isEnd);
      for (const event of endAt === -1 ? held : held.slice(0, endAt)) next.owner.push(event);
      if (endAt === -1) return;
      closeBlock(next, held[endAt]);
      blocks.delete(next.key);
      // The same key may have started again after this end.
      for (const later of held.slice(endAt + 1)) pushToBlock(later);
    }
  }

  function closeBlock(block: Block, event: BlockEvent | undefined): void {
    const finished = block.owner?.finish(event);
    if (!finished) return;
    closeWaiting('completed');
    waiting = { finished, cause: emitter.cause, isOrderly: event !== undefined };
  }

  function start(): Emitted[] {
    outputs = [];
    emit('response.created', { response: { ...response, output: [] } });
    emit('response.in_progress', { response: { ...response, output: [] } });
    return outputs;
  }

  function push(event: StreamEvent): Emitted[] {
    outputs = [];
    if (hasEnded) return outputs;
    switch (event.type) {
      case 'metadata':
        (emitter as { upstreamId: string | null }).upstreamId = event.upstreamId ?? emitter.upstreamId;
        if (event.serviceTier) response.service_tier = event.serviceTier;
        break;
      case 'usage':
        usage = { ...usage, ...event.usage };
        break;
      case 'pause':
        usageBefore = addUsage(usageBefore, usage);
        usage = undefined;
        break;
      case 'warning':
        context.warn(event.code, event.message);
        break;
      case 'finish':
        finish = { reason: event.reason, message: event.message };
        break;
      case 'error':
        failure ??= event.error;
        break;
      default:
        pushToBlock(event);
    }
    return outputs;
  }

  function end(cause: EndCause): Emitted[] {
    outputs = [];
    if (hasEnded) return outputs;
    hasEnded = true;
    const isCut = failure !== undefined || finish === undefined || cause.type !== 'completed';
    if (isCut) failure ??= toFailure(cause);
    const isWhole = !failure && (finish?.reason === 'stop' || finish?.reason === 'tool-calls');
    // Blocks still open are cut ones, unless the upstream said it was done and only forgot to close them.
    for (let next = head(); next; next = head()) {
      if (!next.owner) releaseNext();
      const block = head();
      if (!block) break;
      blocks.delete(block.key);
      if (waiting) closeWaiting('completed');
      closeBlock(block, isWhole ? toEnd(block) : undefined);
    }
    // A failure after an item's orderly end says nothing about that item; a length stop does.
    closeWaiting(isWhole || (failure && waiting?.isOrderly) ? 'completed' : 'incomplete');
    emitTerminal();
    return outputs;
  }

  function emitTerminal(): void {
    let status: ResponseStatus = 'completed';
    response.usage = toFinalUsage();
    if (response.service_tier === 'auto') response.service_tier = 'default';
    if (failure) {
      status = 'failed';
      response.error = { code: failure.code, message: failure.message };
    } else if (finish?.reason !== 'stop' && finish?.reason !== 'tool-calls') {
      status = 'incomplete';
      response.incomplete_details = toIncompleteDetails(finish?.reason);
    } else response.completed_at = options.now();
    response.status = status;
    emit(`response.${status}`, { response });
  }

  function toFinalUsage(): Usage | null {
    const whole = addUsage(usageBefore, usage);
    if (whole) return toUsage(whole);
    if (failure) return null;
    context.warn('usage_missing', 'The upstream sent no token counts; the response says 0.');
    return toUsage({});
  }

  return emitter;
}

/** Structured output by a forced tool: the tool's arguments are the text of the answer. */
function createForcedTextItem(context: ItemContext): ItemOwner {
  const owner = createTextItem(context, 'text');
  return {
    push: (event) => {
      if (event.type === 'tool-input-delta') owner.push({ type: 'text-delta', key: event.key, text: event.delta });
    },
    finish: (event) => owner.finish(event),
  };
}

function isEnd(event: BlockEvent): boolean {
  return event.type.endsWith('-end');
}

function toEnd(block: Block): BlockEvent {
  return { type: 'tool-input-end', key: block.key };
}

function toFailure(cause: EndCause): StreamError {
  switch (cause.type) {
    case 'completed':
      return { code: 'server_error', message: 'The upstream closed the stream before its answer was finished.' };
    case 'upstream-error':
      return { code: 'server_error', message: `The connection to the upstream broke: ${cause.detail}` };
    case 'timeout':
      return { code: 'server_error', message: cause.detail };
    case 'client-gone':
      return { code: 'server_error', message: 'The client closed the connection.' };
    case 'shutdown':
      return { code: 'server_error', message: 'Deltascope was stopped while this answer was being streamed.' };
  }
}

function toIncompleteDetails(reason: FinishReason | undefined): { reason: string } | null {
  if (reason === 'max-output-tokens') return { reason: 'max_output_tokens' };
  if (reason === 'content-filter') return { reason: 'content_filter' };
  return null;
}
