/** Where each id of a step occurs: what the id map shows, and which ids were never announced. */
import { MARK, toIdKind, type ItemKind, type Mark } from './event-kind.ts';

/** Where an id was seen in a step. */
export type IdColumn = 'input' | 'chunk' | 'added' | 'delta' | 'done' | 'final';
export interface IdUse {
  id: string;
  kind: ItemKind;
  isAnnounced: boolean;
  /** True when it has a lane of its own, announced or not. */
  hasLane: boolean;
  /** Infinity for ids that only the upstream or the request names. */
  firstEvent: number;
  /** Event indexes per column; chunk and input hold chunk indexes and positions in the input. */
  columns: Partial<Record<IdColumn, number[]>>;
}
export type IdUses = Map<string, IdUse>;

/** Counts one use of an id in a column of the id map. @returns the places of the id in that column. */
export function noteUse(uses: IdUses, seen: { id: string; kind: ItemKind; column: IdColumn; at: number; isGhost: boolean }): number[] {
  const { id, kind, column, at, isGhost } = seen;
  let use = uses.get(id);
  if (use === undefined) {
    const known = kind === 'other' ? toIdKind(id) : kind;
    use = { id, kind: known, isAnnounced: false, hasLane: false, firstEvent: Infinity, columns: {} };
    uses.set(id, use);
  }
  const list = (use.columns[column] ??= []);
  list.push(at);
  if (column !== 'chunk' && column !== 'input') use.firstEvent = Math.min(use.firstEvent, at);
  if (column === 'added') use.isAnnounced = true;
  if ((column === 'added' || column === 'delta' || column === 'done') && !isGhost) use.hasLane = true;
  return list;
}

export function columnOf(mark: Mark): IdColumn {
  if (mark === MARK.itemOpen || mark === MARK.created || mark === MARK.progress || mark === MARK.partOpen) return 'added';
  if (mark === MARK.delta || mark === MARK.other) return 'delta';
  if (mark === MARK.terminal) return 'final';
  return 'done';
}
