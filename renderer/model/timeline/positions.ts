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
  /** First event of the last instant: how much room its events have is not known yet. */
  lastInstant: number;
  /** Last position in use. */
  extent: number;
  /** Mean distance between neighbouring events, in units. */
  pitch: number;
}

export const NUDGE_PX = 7;
export const MAX_NUDGE = 5;
const SAME_INSTANT_MS = 0.05;
const NONE = { nudge: new Uint8Array(0), nudgeRoom: new Float64Array(0) };

/** @param known of the same track and mode, when it had fewer events; its arrays are taken over. */
export function toPositions(track: StepTrack, mode: 'time' | 'order', known: Positions | null = null): Positions {
  return mode === 'time' ? toTime(track, known) : toOrder(track, known);
}

function toTime(track: StepTrack, known: Positions | null): Positions {
  const nudge = growUint8(known?.nudge ?? NONE.nudge, track.count);
  const nudgeRoom = growFloat64(known?.nudgeRoom ?? NONE.nudgeRoom, track.count);
  let lastInstant = known?.lastInstant ?? 0;
  for (let i = known?.count ?? 0; i < track.count; i += 1) {
    nudgeRoom[i] = Infinity;
    const sinceMs = i === 0 ? 0 : valueAt(track.tMs, i) - valueAt(track.tMs, i - 1);
    if (i === 0 || sinceMs < SAME_INSTANT_MS) {
      nudge[i] = i === 0 ? 0 : Math.min(MAX_NUDGE, valueAt(nudge, i - 1) + 1);
      continue;
    }
    nudge[i] = 0;
    nudgeRoom.fill(sinceMs / (valueAt(nudge, i - 1) + 1.5), lastInstant, i);
    lastInstant = i;
  }
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
    lastInstant,
    extent,
    pitch: track.count < 2 ? extent : (lastEvent - valueAt(track.tMs, 0)) / (track.count - 1),
  };
}

/** Pixels that an event steps aside because others share its instant. */
export function nudgePx(positions: Positions, event: number, pxPerUnit: number): number {
  const nudge = valueAt(positions.nudge, event);
  return nudge === 0 ? 0 : nudge * Math.min(NUDGE_PX, valueAt(positions.nudgeRoom, event) * pxPerUnit);
}

function toOrder(track: StepTrack, known: Positions | null): Positions {
  const event = growFloat64(known?.event ?? new Float64Array(0), track.count);
  for (let i = known?.count ?? 0; i < track.count; i += 1) event[i] = i + 1;
  const chunk = growFloat64(known?.chunk ?? new Float64Array(0), track.chunkCount);
  placeChunksByEffect(track, chunk);
  return {
    mode: 'order',
    count: track.count,
    event,
    chunkCount: track.chunkCount,
    chunk,
    ...NONE,
    lastInstant: 0,
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
