/**
 * What the client should have got: the text, reasoning and calls that a step's deltas hold, put together
 * by lane, whatever ids they carried. Pure.
 */
import { MARK } from './event-kind.ts';
import { valueAt } from './columns.ts';
import type { Lane } from './timeline/lanes.ts';
import type { StepTrack } from './step-track.ts';

export interface ResultItem {
  lane: Lane;
  text: string;
  /** Event where the item begins. */
  event: number;
  /** What clients may lose it for; empty when nothing is wrong. */
  trouble: string;
}

export function toResult(track: StepTrack): ResultItem[] {
  const deltas: string[][] = track.lanes.lanes.map(() => []);
  const done: string[][] = track.lanes.lanes.map(() => []);
  for (let event = 0; event < track.count; event += 1) {
    const lane = valueAt(track.lane, event);
    if (lane < 0) continue;
    const mark = valueAt(track.mark, event);
    if (mark === MARK.delta) deltas[lane]?.push(track.text[event] ?? '');
    else if (mark === MARK.textDone) done[lane]?.push(track.text[event] ?? '');
  }
  return track.lanes.lanes.map((lane) => {
    const text = (deltas[lane.position] ?? []).join('');
    return { lane, text: text === '' ? (done[lane.position] ?? []).join('\n\n') : text, event: lane.firstEvent, trouble: troubleOf(lane) };
  });
}

function troubleOf(lane: Lane): string {
  if (!lane.isAnnounced) return 'never announced';
  if (lane.ghosts.length > 0) return `${lane.ghosts.length} of its events carry other ids`;
  return lane.closeEvent < 0 ? 'never closed' : '';
}
