/**
 * The tool calls of one answer, put together from fragments. Upstreams interleave fragments of parallel
 * calls, reuse an index, leave out ids, names or indexes and repeat names; out come calls one after
 * another, because genuine Responses streams are sequential:
 *
 *   waiting ─▶ streaming ─▶ ended      only the first call that has not ended streams; the others wait
 *
 * A call ends when its arguments are whole and something later has begun, or at the end of the answer.
 */
import { parseJsonObject } from '../../protocol/json.ts';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import type { CallFragment } from './chunk.ts';

export interface ToolCallTracker {
  calls: TrackedCall[];
}

interface TrackedCall {
  key: string;
  index: number | null;
  id: string | null;
  name: string | null;
  text: string;
  /** How much of `text` has gone out. */
  sentLength: number;
  phase: 'waiting' | 'streaming' | 'ended';
}

export function createToolCallTracker(): ToolCallTracker {
  return { calls: [] };
}

export function pushFragment(tracker: ToolCallTracker, fragment: CallFragment): StreamEvent[] {
  const call = findCall(tracker, fragment);
  if (!call) tracker.calls.push(toCall(tracker.calls.length, fragment));
  else {
    // The first id and name count: later ones are repeats, not continuations.
    call.id ??= fragment.id;
    call.name ??= fragment.name;
    if (fragment.arguments.trim() !== '' && (call.phase === 'ended' || isRepeat(call, fragment))) {
      return [
        {
          type: 'warning',
          code: 'late_arguments',
          message: `The upstream sent more arguments for the call of ${call.name ?? 'a tool'} after they were whole; they were dropped.`,
        },
      ];
    }
    call.text += fragment.arguments;
  }
  return advance(tracker, false);
}

/** Text or reasoning begins: calls whose arguments are whole are over. */
export function endWholeCalls(tracker: ToolCallTracker): StreamEvent[] {
  return advance(tracker, true);
}

/**
 * The answer is over. All that was held back goes out. With `isWhole` every call ends (one without
 * arguments has none); else they are left open, which shows them as cut.
 */
export function flushCalls(tracker: ToolCallTracker, isWhole: boolean): StreamEvent[] {
  return tracker.calls.flatMap((call) => {
    if (call.phase === 'ended' || call.name === null) return [];
    const outputs = emitCall(call);
    if (isWhole) outputs.push(endCall(call));
    return outputs;
  });
}

/** Calls that never got a name: nobody can run them. */
export function hasNamelessCall(tracker: ToolCallTracker): boolean {
  return tracker.calls.some((call) => call.name === null);
}

function findCall({ calls }: ToolCallTracker, fragment: CallFragment): TrackedCall | undefined {
  const last = calls.at(-1);
  if (fragment.index === null) {
    if (fragment.id !== null) return calls.find((call) => call.id === fragment.id);
    if (fragment.name === null || !last || last.name === null) return last;
    return last.name === fragment.name && !hasWholeArguments(last) ? last : undefined;
  }
  const call = calls.findLast(({ index }) => index === fragment.index);
  if (!call) return undefined;
  // Ollama and others give every call the index 0.
  if (fragment.id !== null && call.id !== null && fragment.id !== call.id) return undefined;
  const startsAnew = fragment.id === null && fragment.name !== null && fragment.arguments.trim() !== '' && hasWholeArguments(call);
  return startsAnew ? undefined : call;
}

/** The whole call once more, under the same id. */
function isRepeat(call: TrackedCall, fragment: CallFragment): boolean {
  return fragment.id !== null && fragment.id === call.id && hasWholeArguments(call);
}

function toCall(position: number, fragment: CallFragment): TrackedCall {
  const { index, id, name } = fragment;
  return { key: `call-${position}`, index, id, name, text: fragment.arguments, sentLength: 0, phase: 'waiting' };
}

function advance({ calls }: ToolCallTracker, somethingFollows: boolean): StreamEvent[] {
  const outputs: StreamEvent[] = [];
  for (const [position, call] of calls.entries()) {
    if (call.phase === 'ended') continue;
    if (!canStart(call)) break;
    outputs.push(...emitCall(call));
    const hasFollower = somethingFollows || position < calls.length - 1;
    if (!hasFollower || !hasWholeArguments(call)) break;
    outputs.push(endCall(call));
  }
  return outputs;
}

/** A start cannot be corrected, so it waits for the name, and for the id until arguments come without one. */
function canStart(call: TrackedCall): boolean {
  return call.name !== null && (call.id !== null || call.text !== '');
}

function emitCall(call: TrackedCall): StreamEvent[] {
  const outputs: StreamEvent[] = [];
  if (call.phase === 'waiting') {
    call.phase = 'streaming';
    outputs.push({ type: 'tool-input-start', key: call.key, callId: call.id, name: call.name ?? '' });
  }
  if (call.sentLength < call.text.length) {
    outputs.push({ type: 'tool-input-delta', key: call.key, delta: call.text.slice(call.sentLength) });
    call.sentLength = call.text.length;
  }
  return outputs;
}

function endCall(call: TrackedCall): StreamEvent {
  call.phase = 'ended';
  return { type: 'tool-input-end', key: call.key };
}

function hasWholeArguments(call: TrackedCall): boolean {
  return call.text.trimEnd().endsWith('}') && parseJsonObject(call.text) !== undefined;
}
