/**
 * Where events and chunks stand along the axis, in units: milliseconds in Time mode, one unit per event
 * in Order mode (chunks at their first effect). Also how far events of one instant step aside. Pure.
 */
import { growFloat64, growUint8, valueAt } from '../columns.ts';
import type { StepTrack } from '../step-track.ts';

export interface Positions {
  mode: 'time' | 'order';
  count: number;
  event: Float64Array;
  chunkCount: number;
  chunk: Float64Array;
  /** How many events of the same instant came before, at most `MAX_NUDGE`; all 0 in Order mode. */
  nudge: Uint8Array;
  /** Room each of them has: distance to the next instant over their number, in units. */
  nudgeRoom: Float64Array;
  /** Last position in use. */
  extent: number;
  /** Mean distance between neighbouring events, in units. */
  pitch: number;
}

export const NUDGE_PX = 7;
export const MAX_NUDGE = 5;
const SAME_INSTANT_MS = 0.05;

export function toPositions(track: StepTrack, mode: 'time' | 'order'): Positions {
  return mode === 'time' ? toTime(track) : toOrder(track);
}

function toTime(track: StepTrack): Positions {
  const nudge = growUint8(new Uint8Array(0), track.count);
  for (let i = 1; i < track.count; i += 1) {
    const isSame = valueAt(track.tMs, i) - valueAt(track.tMs, i - 1) < SAME_INSTANT_MS;
    nudge[i] = isSame ? Math.min(MAX_NUDGE, valueAt(nudge, i - 1) + 1) : 0;
  }
  const nudgeRoom = toNudgeRoom(track, nudge);
  const lastEvent = track.count === 0 ? 0 : valueAt(track.tMs, track.count - 1);
  const lastChunk = track.chunkCount === 0 ? 0 : valueAt(track.chunkMs, track.chunkCount - 1);
  const extent = Math.max(lastEvent, lastChunk);
  return {
    mode: 'time',
    count: track.count,
    event: track.tMs,
    chunkCount: track.chunkCount,
    chunk: track.chunkMs,
    nudge,
    nudgeRoom,
    extent,
    pitch: track.count < 2 ? extent : (lastEvent - valueAt(track.tMs, 0)) / (track.count - 1),
  };
}

function toNudgeRoom(track: StepTrack, nudge: Uint8Array): Float64Array {
  const room = growFloat64(new Float64Array(0), track.count);
  let next = Infinity;
  let isGroupEnd = true;
  let share = Infinity;
  for (let i = track.count - 1; i >= 0; i -= 1) {
    const at = valueAt(track.tMs, i);
    if (isGroupEnd) share = (next - at) / (valueAt(nudge, i) + 1.5);
    room[i] = share;
    isGroupEnd = nudge[i] === 0;
    if (isGroupEnd) next = at;
  }
  return room;
}

/** Pixels that an event steps aside because others share its instant. */
export function nudgePx(positions: Positions, event: number, pxPerUnit: number): number {
  const nudge = valueAt(positions.nudge, event);
  return nudge === 0 ? 0 : nudge * Math.min(NUDGE_PX, valueAt(positions.nudgeRoom, event) * pxPerUnit);
}

function toOrder(track: StepTrack): Positions {
  const event = growFloat64(new Float64Array(0), track.count);
  for (let i = 0; i < track.count; i += 1) event[i] = i + 1;
  const chunk = growFloat64(new Float64Array(0), track.chunkCount);
  placeChunksByEffect(track, chunk);
  return {
    mode: 'order',
    count: track.count,
    event,
    chunkCount: track.chunkCount,
    chunk,
    nudge: new Uint8Array(event.length),
    nudgeRoom: new Float64Array(event.length),
    extent: track.count + 1,
    pitch: 1,
  };
}

/** A chunk without an effect stands evenly between its neighbours that have one. */
function placeChunksByEffect(track: StepTrack, chunk: Float64Array): void {
  let from = -1;
  let fromAt = 0;
  for (let i = 0; i <= track.chunkCount; i += 1) {
    const effect = i < track.chunkCount ? valueAt(track.chunkEvent, i) : track.count;
    if (effect < 0) continue;
    const at = effect + 1;
    for (let k = from + 1; k < i; k += 1) chunk[k] = fromAt + ((at - fromAt) * (k - from)) / (i - from);
    if (i < track.chunkCount) chunk[i] = at;
    from = i;
    fromAt = at;
  }
}
