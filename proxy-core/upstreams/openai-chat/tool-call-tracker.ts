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
  /** How many of them, from the first on, have ended. */
  endedCount: number;
  /** The last call of each index. */
  byIndex: Map<number, TrackedCall>;
}

interface TrackedCall {
  key: string;
  index: number | null;
  id: string | null;
  name: string | null;
  text: string;
  /** The part of `text` that has not gone out yet. */
  unsent: string;
  phase: 'waiting' | 'streaming' | 'ended';
}

export function createToolCallTracker(): ToolCallTracker {
  return { calls: [], endedCount: 0, byIndex: new Map() };
}

export function pushFragment(tracker: ToolCallTracker, fragment: CallFragment): StreamEvent[] {
  const call = findCall(tracker, fragment);
  if (!call) begin(tracker, toCall(tracker.calls.length, fragment));
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
    call.unsent += fragment.arguments;
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

function begin(tracker: ToolCallTracker, call: TrackedCall): void {
  tracker.calls.push(call);
  if (call.index !== null) tracker.byIndex.set(call.index, call);
}

function findCall({ calls, byIndex }: ToolCallTracker, fragment: CallFragment): TrackedCall | undefined {
  const last = calls.at(-1);
  if (fragment.index === null) {
    if (fragment.id !== null) return calls.find((call) => call.id === fragment.id);
    if (fragment.name === null || !last || last.name === null) return last;
    return last.name === fragment.name && !hasWholeArguments(last) ? last : undefined;
  }
  const call = byIndex.get(fragment.index);
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
  return { key: `call-${position}`, index, id, name, text: fragment.arguments, unsent: fragment.arguments, phase: 'waiting' };
}

function advance(tracker: ToolCallTracker, somethingFollows: boolean): StreamEvent[] {
  const outputs: StreamEvent[] = [];
  const { calls } = tracker;
  for (let call = calls[tracker.endedCount]; call && canStart(call); call = calls[tracker.endedCount]) {
    outputs.push(...emitCall(call));
    const hasFollower = somethingFollows || tracker.endedCount < calls.length - 1;
    if (!hasFollower || !hasWholeArguments(call)) break;
    outputs.push(endCall(call));
    tracker.endedCount += 1;
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
  if (call.unsent !== '') {
    outputs.push({ type: 'tool-input-delta', key: call.key, delta: call.unsent });
    call.unsent = '';
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
