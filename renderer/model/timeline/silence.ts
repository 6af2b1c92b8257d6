/**
 * Silences of the emitted stream: no event for more than 25 ms and more than three median gaps. Each
 * says how many upstream chunks arrived meanwhile, because held chunks are the bridge's doing. Pure.
 */
import { lowerBound, valueAt } from '../columns.ts';
import type { StepTrack } from '../step-track.ts';

export interface Silence {
  fromMs: number;
  toMs: number;
  /** The event that ended it. */
  event: number;
  heldChunks: number;
}

const MIN_SILENCE_MS = 25;
const MEDIAN_FACTOR = 3;
const MAX_SAMPLES = 2000;
const MAX_SILENCES = 200;

export function silenceLimitMs(track: StepTrack): number {
  if (track.count < 2) return MIN_SILENCE_MS;
  const stride = Math.max(1, Math.floor(track.count / MAX_SAMPLES));
  const gaps: number[] = [];
  for (let i = 1; i < track.count; i += stride) {
    const gap = valueAt(track.tMs, i) - valueAt(track.tMs, i - 1);
    if (gap > 0.05) gaps.push(gap);
  }
  gaps.sort((a, b) => a - b);
  return Math.max(MIN_SILENCE_MS, MEDIAN_FACTOR * (gaps[gaps.length >> 1] ?? 0));
}

export function findSilences(track: StepTrack): Silence[] {
  const limit = silenceLimitMs(track);
  const silences: Silence[] = [];
  for (let i = 1; i < track.count && silences.length < MAX_SILENCES; i += 1) {
    const fromMs = valueAt(track.tMs, i - 1);
    const toMs = valueAt(track.tMs, i);
    if (toMs - fromMs <= limit) continue;
    const held = lowerBound(track.chunkMs, track.chunkCount, toMs) - lowerBound(track.chunkMs, track.chunkCount, fromMs + 0.05);
    silences.push({ fromMs, toMs, event: i, heldChunks: Math.max(0, held) });
  }
  return silences;
}
