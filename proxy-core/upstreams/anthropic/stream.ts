/**
 * Anthropic's stream as neutral StreamEvents (mapping 2.1, 2.5). Pure.
 *
 *   message_start ─▶ (block-start ─▶ block-delta* ─▶ block-stop)* ─▶ message_delta ─▶ message_stop
 *   and anywhere: ping, error, types of tomorrow; or one whole message instead of all this
 *
 * What a content block becomes is in blocks.ts; here are the message around it, usage and the end. A frame
 * without an `event:` line is as good as any: the type is read from the data.
 */
import { asArray, asNumber, asObject, asString, isObject, parseJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { EndCause, Machine, MachineResult } from '../../protocol/stream/machine.ts';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import type { StreamContext, UpstreamFrame } from '../upstream.ts';
import { closeBlocks, closeText, createBlocks, deltaBlock, startBlock, stopBlock, type Blocks } from './blocks.ts';
import { toStreamError } from './errors.ts';
import { createRawContent, type RawContent } from './raw-content.ts';
import { toFinish } from './stop-reason.ts';
import { mergeUsage, toServiceTier, toUsageEvent } from './usage.ts';

export interface AnthropicStreamState {
  hasStarted: boolean;
  frameCount: number;
  lastType: string | null;
  blocks: Blocks;
  /** Of this message alone; a turn that was paused has several. */
  raw: RawContent;
  usage: JsonObject;
  stopReason: string | null;
  stopDetails: JsonObject;
  isOver: boolean;
  /** Unknown event types that were reported already. */
  reported: Set<string>;
}
type State = AnthropicStreamState;
type Result = MachineResult<State, StreamEvent>;

export function createAnthropicStreamMachine({ request }: StreamContext): Machine<State, UpstreamFrame, StreamEvent> {
  return {
    initialState: () => ({
      hasStarted: false,
      frameCount: 0,
      lastType: null,
      blocks: createBlocks(request.model),
      raw: createRawContent(),
      usage: {},
      stopReason: null,
      stopDetails: {},
      isOver: false,
      reported: new Set(),
    }),
    step,
    end,
  };
}

function step(state: State, frame: UpstreamFrame): Result {
  const outputs: StreamEvent[] = [];
  if (state.isOver || frame.data.trim() === '[DONE]') return { state, outputs };
  state.frameCount += 1;
  const data = parseJsonObject(frame.data);
  if (!data) {
    outputs.push(warning('frame_not_json', `The upstream sent a frame that is not a JSON object: ${frame.data.slice(0, 80)}`));
    return { state, outputs };
  }
  // Gateways in front of Anthropic send an error without any type.
  const type = asString(data.type) ?? (isObject(data.error) ? 'error' : (frame.event ?? ''));
  state.lastType = type;
  take(state, type, data, outputs);
  return { state, outputs };
}

function take(state: State, type: string, data: JsonObject, out: StreamEvent[]): void {
  const index = asNumber(data.index) ?? 0;
  switch (type) {
    case 'message_start':
      return startMessage(state, asObject(data.message), out);
    case 'content_block_start':
      state.raw.start(index, asObject(data.content_block));
      return startBlock(state.blocks, index, asObject(data.content_block), out);
    case 'content_block_delta':
      state.raw.delta(index, asObject(data.delta));
      return deltaBlock(state.blocks, index, asObject(data.delta), out);
    case 'content_block_stop':
      return stopBlock(state.blocks, index, out);
    case 'message_delta':
      return takeMessageDelta(state, data, out);
    case 'message_stop':
      return finish(state, out);
    case 'message':
      return takeWhole(state, data, out);
    case 'error':
      closeText(state.blocks, out);
      out.push({ type: 'error', error: toStreamError(data) });
      state.isOver = true;
      return;
    case 'ping':
      return;
    default:
      if (state.reported.has(type)) return;
      state.reported.add(type);
      out.push(warning('unknown_upstream_event', `The upstream sent events of the unknown type "${type}"; they are only recorded.`));
  }
}

function startMessage(state: State, message: JsonObject, out: StreamEvent[]): void {
  if (state.hasStarted) {
    out.push(warning('second_message_start', 'The upstream sent message_start twice in one answer; the second one was ignored.'));
    return;
  }
  state.hasStarted = true;
  const upstreamId = asString(message.id);
  const model = asString(message.model);
  out.push({ type: 'metadata', ...(upstreamId === undefined ? {} : { upstreamId }), ...(model === undefined ? {} : { model }) });
  takeUsage(state, message.usage, out);
  // Servers that do not really stream put whole blocks here.
  for (const [index, block] of asArray(message.content).entries()) {
    state.raw.start(index, asObject(block));
    startBlock(state.blocks, index, asObject(block), out);
    stopBlock(state.blocks, index, out);
  }
}

/** A server that doesn't stream at all sends the message itself. */
function takeWhole(state: State, message: JsonObject, out: StreamEvent[]): void {
  startMessage(state, message, out);
  takeMessageDelta(state, { delta: message }, out);
  finish(state, out);
}

function takeMessageDelta(state: State, data: JsonObject, out: StreamEvent[]): void {
  const delta = asObject(data.delta);
  state.stopReason = asString(delta.stop_reason) ?? state.stopReason;
  if (isObject(delta.stop_details)) state.stopDetails = delta.stop_details;
  takeUsage(state, data.usage, out);
}

function takeUsage(state: State, usage: unknown, out: StreamEvent[]): void {
  if (!isObject(usage)) return;
  state.usage = mergeUsage(state.usage, usage);
  const event = toUsageEvent(state.usage);
  if (event) out.push(event);
  const serviceTier = toServiceTier(usage);
  if (serviceTier !== undefined) out.push({ type: 'metadata', serviceTier });
}

/** The upstream has said all: open blocks are closed in good order, then the one finish. */
function finish(state: State, out: StreamEvent[]): void {
  closeBlocks(state.blocks, { isRefused: state.stopReason === 'refusal' }, out);
  if (state.stopReason === 'pause_turn') return pause(state, out);
  out.push(...toFinish(state.stopReason, state.stopDetails, state.blocks.callCount > 0));
  state.isOver = true;
}

/** The next message goes on where this one stopped; a search that has no result yet stays open. */
function pause(state: State, out: StreamEvent[]): void {
  out.push({ type: 'pause', content: state.raw.blocks() });
  state.raw = createRawContent();
  state.hasStarted = false;
  state.stopReason = null;
  state.usage = {};
}

/**
 * A body that ends without message_stop is a cut, unless the stop reason had come already. Blocks that are
 * still open stay open: the emitter closes them as incomplete.
 */
function end(state: State, cause: EndCause): Result {
  const outputs: StreamEvent[] = [];
  if (state.isOver) return { state, outputs };
  if (cause.type === 'completed' && state.stopReason !== null) {
    outputs.push(warning('missing_message_stop', 'The upstream closed the stream after its stop reason, without message_stop.'));
    finish(state, outputs);
    return { state, outputs };
  }
  closeText(state.blocks, outputs);
  state.isOver = true;
  if (cause.type === 'completed') outputs.push({ type: 'error', error: { code: 'server_error', message: toCutMessage(state) } });
  return { state, outputs };
}

function toCutMessage({ frameCount, lastType }: State): string {
  if (frameCount === 0) {
    return 'The upstream answered with success but sent no server-sent event. Check that its address leads to an Anthropic Messages API that can stream.';
  }
  return `The upstream closed the stream before message_stop; its last event was ${lastType ?? 'not JSON'}.`;
}

function warning(code: string, message: string): StreamEvent {
  return { type: 'warning', code, message };
}
