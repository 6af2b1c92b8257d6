/** Sorts a step's events into their lanes, so that drawing only looks at what is in view; goes on where it stopped. */
import { growFloat64, growInt32, valueAt } from '../columns.ts';
import type { StepTrack } from '../step-track.ts';
import type { LaneEvents } from './bins.ts';
import type { Positions } from './positions.ts';

/**
 * One entry per lane position; the response lane is last.
 * @param known what came of the first `from` events.
 */
export function toLaneEvents(track: StepTrack, positions: Positions, known: readonly LaneEvents[], from: number): LaneEvents[] {
  const laneCount = track.lanes.lanes.length + 1;
  const response = known.at(-1) ?? createLaneEvents();
  const lanes = Array.from(
    { length: laneCount - 1 },
    (_, lane) => (lane < known.length - 1 ? known[lane] : undefined) ?? createLaneEvents(),
  );
  lanes.push(response);
  const counts = new Int32Array(laneCount);
  for (let i = from; i < track.count; i += 1) {
    const lane = slot(track, i, laneCount);
    counts[lane] = valueAt(counts, lane) + 1;
  }
  lanes.forEach((lane, at) => {
    lane.at = growFloat64(lane.at, lane.length + valueAt(counts, at));
    lane.event = growInt32(lane.event, lane.length + valueAt(counts, at));
  });
  for (let i = from; i < track.count; i += 1) {
    const lane = lanes[slot(track, i, laneCount)] ?? response;
    lane.at[lane.length] = valueAt(positions.event, i);
    lane.event[lane.length] = i;
    lane.length += 1;
  }
  return lanes;
}

function createLaneEvents(): LaneEvents {
  return {
    length: 0,
    at: new Float64Array(0),
    event: new Int32Array(0),
    flagged: { at: new Float64Array(0), severity: new Uint8Array(0), length: 0 },
  };
}

/** Says in each lane which of its events have findings. */
export function flagLanes(track: StepTrack, positions: Positions, lanes: readonly LaneEvents[]): void {
  const byLane = lanes.map((): number[] => []);
  for (const event of track.flagged) if (event < track.count) byLane[slot(track, event, lanes.length)]?.push(event);
  byLane.forEach((events, lane) => {
    const target = lanes[lane];
    if (target === undefined) return;
    target.flagged = {
      length: events.length,
      at: Float64Array.from(events, (event) => valueAt(positions.event, event)),
      severity: Uint8Array.from(events, (event) => valueAt(track.severity, event)),
    };
  });
}

function slot(track: StepTrack, event: number, laneCount: number): number {
  const lane = valueAt(track.lane, event);
  return lane < 0 ? laneCount - 1 : lane;
}
