/**
 * What the client should have got: the text, reasoning and calls that a step's deltas hold, put together
 * by lane, whatever ids they carried. Pure.
 */
import { MARK } from './event-kind.ts';
import { valueAt } from './columns.ts';
import type { Lane } from './timeline/lanes.ts';
import type { StepTrack } from './step-track.ts';
import { textOf } from './text-column.ts';

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
  let event = 0;
  while (event < track.count) {
    const lane = valueAt(track.lane, event);
    const mark = valueAt(track.mark, event);
    const start = event;
    event += 1;
    if (lane < 0 || (mark !== MARK.delta && mark !== MARK.textDone)) continue;
    // deltas mostly follow one another on one lane: their words are one piece
    while (mark === MARK.delta && event < track.count && track.lane[event] === lane && track.mark[event] === mark) event += 1;
    (mark === MARK.delta ? deltas : done)[lane]?.push(textOf(track.text, start, event));
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
