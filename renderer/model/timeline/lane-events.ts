/** Sorts a step's events into their lanes once per version, so that drawing only looks at what is in view. */
import { valueAt } from '../columns.ts';
import type { StepTrack } from '../step-track.ts';
import type { LaneEvents } from './bins.ts';
import type { Positions } from './positions.ts';

/** One entry per lane position; the response lane is last. */
export function toLaneEvents(track: StepTrack, positions: Positions): LaneEvents[] {
  const laneCount = track.lanes.lanes.length + 1;
  const counts = new Int32Array(laneCount);
  const flagged = new Int32Array(laneCount);
  for (let i = 0; i < track.count; i += 1) {
    const lane = slot(track, i, laneCount);
    counts[lane] = valueAt(counts, lane) + 1;
    if (valueAt(track.severity, i) > 0) flagged[lane] = valueAt(flagged, lane) + 1;
  }
  const lanes: LaneEvents[] = [];
  for (let lane = 0; lane < laneCount; lane += 1) {
    lanes.push({
      length: 0,
      at: new Float64Array(valueAt(counts, lane)),
      event: new Int32Array(valueAt(counts, lane)),
      flagged: { at: new Float64Array(valueAt(flagged, lane)), severity: new Uint8Array(valueAt(flagged, lane)), length: 0 },
    });
  }
  for (let i = 0; i < track.count; i += 1) {
    const lane = lanes[slot(track, i, laneCount)];
    if (lane === undefined) continue;
    lane.at[lane.length] = valueAt(positions.event, i);
    lane.event[lane.length] = i;
    lane.length += 1;
    if (valueAt(track.severity, i) === 0) continue;
    lane.flagged.at[lane.flagged.length] = valueAt(positions.event, i);
    lane.flagged.severity[lane.flagged.length] = valueAt(track.severity, i);
    lane.flagged.length += 1;
  }
  return lanes;
}

function slot(track: StepTrack, event: number, laneCount: number): number {
  const lane = valueAt(track.lane, event);
  return lane < 0 ? laneCount - 1 : lane;
}
