/**
 * The id map of a session: one row per id, one cell per place where ids occur in a step, and the cells
 * where an id should be and is not. Four or more look-alike orphans fold into one row. Pure.
 */
import type { ItemKind } from './event-kind.ts';
import { lookOf, type IdLook, type IdRegistry } from './id-registry.ts';
import type { IdColumn, IdUse } from './id-uses.ts';
import type { StepTrack } from './step-track.ts';
import type { Severity } from '../../proxy-core/protocol/lint/finding.ts';

export interface IdMapColumn {
  step: number;
  /** null = all places of the step in one. */
  column: IdColumn | null;
  title: string;
}
export interface IdCell {
  count: number;
  isMissing: boolean;
  /** First event, for the click; -1 when the place is no event. */
  event: number;
}
export interface IdMapRow {
  key: string;
  look: IdLook;
  /** More than one for folded orphans. */
  ids: string[];
  cells: IdCell[];
  note: { severity: Severity; text: string } | null;
}
export interface IdMapGroup {
  title: string;
  rows: IdMapRow[];
}
export interface IdMap {
  columns: IdMapColumn[];
  groups: IdMapGroup[];
  idCount: number;
  announcedCount: number;
}

const PLACES: readonly IdColumn[] = ['chunk', 'added', 'delta', 'done', 'final'];
const TITLES: Record<IdColumn, string> = { input: 'Input', chunk: 'Chunk', added: 'Added', delta: 'Delta', done: 'Done', final: 'Final' };
const FOLD_FROM = 4;

/** `openSteps`: which steps show all their places when there are too many for all. */
export function toIdMap(tracks: readonly StepTrack[], registry: IdRegistry, openSteps: ReadonlySet<number>): IdMap {
  const columns = toColumns(tracks.length, openSteps);
  const ids = [...new Set(tracks.flatMap((track) => [...track.uses.keys()]))];
  const rows = ids.map((id) => toRow(id, { tracks, registry, columns }));
  const groups = GROUPS.map(({ title, isIn }) => ({ title, rows: foldOrphans(rows.filter((row) => isIn(row, tracks))) })).filter(
    ({ rows: inGroup }) => inGroup.length > 0,
  );
  const announced = new Set(tracks.flatMap((track) => track.lanes.lanes.flatMap((lane) => (lane.isAnnounced ? lane.id : []))));
  return { columns, groups, idCount: ids.length, announcedCount: announced.size };
}

export const MAX_OPEN_STEPS = 4;

function toColumns(stepCount: number, openSteps: ReadonlySet<number>): IdMapColumn[] {
  const columns: IdMapColumn[] = [];
  for (let step = 0; step < stepCount; step += 1) {
    if (stepCount > MAX_OPEN_STEPS && !openSteps.has(step)) {
      columns.push({ step, column: null, title: '' });
      continue;
    }
    if (step > 0) columns.push({ step, column: 'input', title: TITLES.input });
    for (const column of PLACES) columns.push({ step, column, title: TITLES[column] });
  }
  return columns;
}

const isUpstreamOnly = (row: IdMapRow, tracks: readonly StepTrack[]): boolean =>
  tracks.every((track) => {
    const use = track.uses.get(row.look.id);
    return use === undefined || Object.keys(use.columns).every((column) => column === 'chunk');
  });

const kindGroup = (title: string, kinds: readonly ItemKind[]) => ({
  title,
  isIn: (row: IdMapRow, tracks: readonly StepTrack[]): boolean => kinds.includes(row.look.kind) && !isUpstreamOnly(row, tracks),
});
const GROUPS = [
  kindGroup('Responses', ['response']),
  kindGroup('Reasoning', ['reasoning']),
  kindGroup('Function calls', ['call']),
  kindGroup('Messages', ['message']),
  kindGroup('Other', ['other']),
  { title: 'Upstream only', isIn: isUpstreamOnly },
];

interface MapContext {
  tracks: readonly StepTrack[];
  registry: IdRegistry;
  columns: readonly IdMapColumn[];
}

function toRow(id: string, context: MapContext): IdMapRow {
  const look = lookOf(context.registry, id);
  const cells = context.columns.map(({ step, column }) => toCell(context.tracks[step], id, column));
  return { key: id, look, ids: [id], cells, note: toNote(look, context.tracks) };
}

function toCell(track: StepTrack | undefined, id: string, column: IdColumn | null): IdCell {
  const use = track?.uses.get(id);
  if (track === undefined || use === undefined) return { count: 0, isMissing: false, event: -1 };
  if (column === null) {
    const lists = Object.values(use.columns);
    return {
      count: lists.reduce((sum, list) => sum + list.length, 0),
      isMissing: missingPlaces(track, use).length > 0,
      event: Number.isFinite(use.firstEvent) ? use.firstEvent : -1,
    };
  }
  const list = use.columns[column] ?? [];
  const isEvent = column !== 'chunk' && column !== 'input';
  return {
    count: list.length,
    isMissing: list.length === 0 && missingPlaces(track, use).includes(column),
    event: isEvent ? (list[0] ?? -1) : -1,
  };
}

/** Places where an id has to be and is not. */
export function missingPlaces(track: StepTrack, use: IdUse): IdColumn[] {
  const has = (column: IdColumn): boolean => use.columns[column] !== undefined;
  const hasEnded = track.responseIds.length > 0 && [...track.uses.values()].some((other) => other.columns.final !== undefined);
  if (use.kind === 'response') return has('added') && !has('final') && hasEnded ? ['final'] : [];
  const lane = track.lanes.byId.get(use.id);
  if (lane === undefined) return [];
  const missing: IdColumn[] = [];
  if (!lane.isAnnounced) missing.push('added');
  if (!has('delta') && lane.ghosts.length > 0) missing.push('delta');
  if (!has('done') && hasEnded) missing.push('done');
  if (!has('final') && hasEnded) missing.push('final');
  return missing;
}

function toNote(look: IdLook, tracks: readonly StepTrack[]): IdMapRow['note'] {
  for (const track of tracks) {
    const use = track.uses.get(look.id);
    if (use === undefined) continue;
    const note = noteOfUse(look, use, track);
    if (note !== null) return note;
  }
  return null;
}

function noteOfUse(look: IdLook, use: IdUse, track: StepTrack): IdMapRow['note'] {
  const columns = Object.keys(use.columns);
  if (columns.length === 1 && columns[0] === 'chunk') return { severity: 'note', text: 'not passed on' };
  if (columns.every((column) => column === 'input' || column === 'chunk')) return null;
  if (look.decoded !== null) return { severity: 'error', text: `wraps ${look.label.replace('·b64', '')}` };
  const missing = missingPlaces(track, use);
  if (use.kind === 'response') return missing.includes('final') ? { severity: 'error', text: 'id changes at end' } : null;
  if (columns.length === 1 && columns[0] === 'final') return { severity: 'error', text: 'only in final output' };
  const lane = track.lanes.byId.get(look.id);
  if (lane === undefined) return { severity: 'error', text: 'never announced' };
  if (!lane.isAnnounced) return { severity: 'error', text: use.columns.delta === undefined ? 'closed, never opened' : 'never announced' };
  if (lane.ghosts.length > 0)
    return {
      severity: 'error',
      text: `${lane.ghosts.length} ${lane.ghosts.length === 1 ? 'event uses another id' : 'events use other ids'}`,
    };
  if (missing.includes('done')) return { severity: 'error', text: 'opened, never closed' };
  if (missing.includes('final')) return { severity: 'error', text: 'not in final output' };
  const finding = track.findings.find((candidate) => candidate.itemId === look.id);
  return finding === undefined ? null : { severity: finding.severity, text: finding.rule };
}

/** Orphans that occur once, in the same place, become one row from four on. */
function foldOrphans(rows: readonly IdMapRow[]): IdMapRow[] {
  const byShape = new Map<string, IdMapRow[]>();
  const shapeOf = (row: IdMapRow): string | null => {
    if (row.look.slot !== -1 || row.cells.reduce((sum, cell) => sum + cell.count, 0) !== 1) return null;
    return row.cells.map((cell) => (cell.count > 0 ? 1 : 0)).join('');
  };
  for (const row of rows) {
    const shape = shapeOf(row);
    if (shape !== null) byShape.set(shape, [...(byShape.get(shape) ?? []), row]);
  }
  const result: IdMapRow[] = [];
  for (const row of rows) {
    const shape = shapeOf(row);
    const alike = shape === null ? [] : (byShape.get(shape) ?? []);
    if (alike.length < FOLD_FROM) result.push(row);
    else if (alike[0] === row) {
      const cells = row.cells.map((cell) => (cell.count > 0 ? { ...cell, count: alike.length } : cell));
      result.push({ ...row, key: `fold-${row.key}`, ids: alike.map((other) => other.look.id), cells });
    }
  }
  return result;
}
