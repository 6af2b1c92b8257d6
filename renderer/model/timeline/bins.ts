/**
 * Density of a crowded lane: counts per 2 px bin, by two binary searches a bin over the sorted positions,
 * so that a million events cost as much as a thousand. Findings keep a mark per bin: they never thin out.
 */
import { lowerBound, valueAt } from '../columns.ts';

export const BIN_PX = 2;

/** The sorted positions of one lane's events and their indexes in the step. */
export interface LaneEvents {
  length: number;
  at: Float64Array;
  event: Int32Array;
  /** Events with a finding, in order, and how bad. */
  flagged: { at: Float64Array; severity: Uint8Array; length: number };
}

/** Counts per bin from `start` on; `unitPerBin` units each. */
export function countBins(lane: LaneEvents, start: number, unitPerBin: number, bins: number): Int32Array {
  const counts = new Int32Array(bins);
  let from = lowerBound(lane.at, lane.length, start);
  for (let bin = 0; bin < bins; bin += 1) {
    const to = lowerBound(lane.at, lane.length, start + (bin + 1) * unitPerBin);
    counts[bin] = to - from;
    from = to;
  }
  return counts;
}

/** Worst severity per bin; 0 where there is none. */
export function flagBins(lane: LaneEvents, start: number, unitPerBin: number, bins: number): Uint8Array {
  const flags = new Uint8Array(bins);
  const { at, severity, length } = lane.flagged;
  for (let i = lowerBound(at, length, start); i < length; i += 1) {
    const bin = Math.floor((valueAt(at, i) - start) / unitPerBin);
    if (bin >= bins) break;
    if (valueAt(severity, i) > valueAt(flags, bin)) flags[bin] = valueAt(severity, i);
  }
  return flags;
}

/** How a lane is drawn at this mean distance between its marks. */
export type DensityLevel = 'text' | 'ticks' | 'thin' | 'bins';
export function toDensity(pitchPx: number): DensityLevel {
  if (pitchPx >= 48) return 'text';
  if (pitchPx >= 6) return 'ticks';
  return pitchPx >= 2 ? 'thin' : 'bins';
}
