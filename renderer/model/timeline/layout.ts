/**
 * The vertical plan of one open step: upstream lane, response lane, item lanes by output_index, each
 * followed by its ghosts. More than twelve lanes: closed ones without findings fold to quiet rows. Pure.
 */
import type { StepTrack } from '../step-track.ts';
import type { Lane } from './lanes.ts';

export type RowKind = 'axis' | 'upstream' | 'response' | 'item' | 'ghost-item' | 'quiet';
export interface LaneRow {
  kind: RowKind;
  top: number;
  height: number;
  /** Centre line, on half pixels so that it is crisp. */
  centre: number;
  lane: Lane | null;
  /** Centre of the ghost glyphs under this row's lane; null when there are none. */
  ghostCentre: number | null;
  /** Lanes of a quiet row. */
  quiet: Lane[];
  /** The number people see in the gutter. */
  number: number;
}
export interface StepLayout {
  rows: LaneRow[];
  height: number;
  /** Row of each lane by the lane's position; null for lanes in a quiet row. */
  rowOfLane: (LaneRow | null)[];
}

export const HEIGHT = { axis: 20, upstream: 30, response: 24, item: 32, ghostIds: 40, ghostItem: 52, quiet: 8 } as const;
const CROWDED = 12;
/** Beyond this many rows a step is drawn with the rest folded, whatever they hold. */
const MAX_ROWS = 60;

export function layoutStep(track: StepTrack, hasUpstream: boolean): StepLayout {
  const rows: LaneRow[] = [];
  const lanes = orderLanes(track.lanes.lanes);
  const rowOfLane: (LaneRow | null)[] = lanes.map(() => null);
  let top = 0;
  const add = (kind: RowKind, height: number, lane: Lane | null, number = 0): LaneRow => {
    const row: LaneRow = { kind, top, height, centre: Math.round(top + height / 2) + 0.5, lane, ghostCentre: null, quiet: [], number };
    rows.push(row);
    top += height;
    return row;
  };
  add('axis', HEIGHT.axis, null);
  if (hasUpstream) add('upstream', HEIGHT.upstream, null);
  add('response', HEIGHT.response, null);
  const isCrowded = lanes.length > CROWDED;
  let open = 0;
  lanes.forEach((lane, at) => {
    const isFaulty = !lane.isAnnounced || lane.ghosts.length > 0;
    const isQuiet = (isCrowded && !isFaulty && lane.closeEvent >= 0) || (isCrowded && open >= MAX_ROWS);
    if (isQuiet) {
      const last = rows.at(-1);
      if (last?.kind === 'quiet') last.quiet.push(lane);
      else add('quiet', HEIGHT.quiet, null).quiet.push(lane);
      return;
    }
    open += 1;
    rowOfLane[lane.position] = lane.isAnnounced ? addAnnounced(add, lane, at) : addGhostItem(add, lane, at);
  });
  return { rows, height: top, rowOfLane };
}

type AddRow = (kind: RowKind, height: number, lane: Lane | null, number?: number) => LaneRow;

function addAnnounced(add: AddRow, lane: Lane, at: number): LaneRow {
  const hasGhosts = lane.ghosts.length > 0;
  const row = add('item', HEIGHT.item + (hasGhosts ? HEIGHT.ghostIds : 0), lane, lane.outputIndex ?? at);
  row.centre = row.top + 16.5;
  if (hasGhosts) row.ghostCentre = row.top + HEIGHT.item + 14.5;
  return row;
}

function addGhostItem(add: AddRow, lane: Lane, at: number): LaneRow {
  const row = add('ghost-item', HEIGHT.ghostItem, lane, at);
  row.centre = row.top + 18.5;
  return row;
}

/** By output_index where announced; a lane of its own stays after the lanes that came before it. */
function orderLanes(lanes: readonly Lane[]): Lane[] {
  const isSorted = lanes.every((lane, i) => {
    const before = lanes[i - 1];
    return before === undefined || !lane.isAnnounced || !before.isAnnounced || (before.outputIndex ?? 0) <= (lane.outputIndex ?? 0);
  });
  if (isSorted) return [...lanes];
  return [...lanes].sort(
    (a, b) => (a.isAnnounced && b.isAnnounced ? (a.outputIndex ?? 0) - (b.outputIndex ?? 0) : 0) || a.firstEvent - b.firstEvent,
  );
}
