/** The differences between two Responses streams, aligned by role in the lifecycle (contract 3.4, GET /api/diff). */
import { isObject } from '../json.ts';
import { createIdPairs, type IdPair, type IdPairs } from './id-pairs.ts';
import { findMoved } from './find-moved.ts';
import { pairRoles } from './pair-roles.ts';
import { ID_FIELDS, toRoles, type RoleEntry } from './stream-roles.ts';

export interface StreamDifference {
  /** From left to right: `missing` is not on the right, `extra` only there. */
  kind: 'missing' | 'extra' | 'changed' | 'reordered';
  role: string;
  /** The value at `path`; for missing and extra the whole event; for reordered its place among the roles. */
  left: unknown;
  right: unknown;
  /** Where in the event, `response.output.0.content` say; empty for the whole event. */
  path: string;
}

export interface StreamDiff {
  equal: boolean;
  differences: StreamDifference[];
}

/** One role on both sides; `event` is its (first) event, `count` how many deltas are in it. */
export interface ComparisonRow {
  kind: 'equal' | StreamDifference['kind'];
  role: string;
  left: { event: number; count: number } | null;
  right: { event: number; count: number } | null;
  /** It stands somewhere else on the right, whatever else is different in it. */
  isMoved: boolean;
  differences: StreamDifference[];
}

/** Everything that a reader needs who looks at both streams side by side. */
export interface StreamComparison extends StreamDiff {
  rows: ComparisonRow[];
  /** Which id stands for which; those that are the same on both sides, too. */
  ids: IdPair[];
}

export function diffStreams(left: readonly unknown[], right: readonly unknown[]): StreamDiff {
  const { equal, differences } = compareStreams(left, right);
  return { equal, differences };
}

export function compareStreams(left: readonly unknown[], right: readonly unknown[]): StreamComparison {
  const leftRoles = toRoles(left);
  const rightRoles = toRoles(right);
  const { toRight, toLeft } = pairRoles(leftRoles, rightRoles);
  const ids = createIdPairs();
  const moved = findMoved(leftRoles.flatMap((_entry, place) => toRight.get(place) ?? []));
  const rows: ComparisonRow[] = [];
  let nextRight = 0;

  /** What is only on the right stands where it stands there: after what both sides have. */
  const takeExtras = (until: number): void => {
    for (; nextRight < until; nextRight++) {
      const entry = rightRoles[nextRight] as RoleEntry;
      if (toLeft.has(nextRight)) continue;
      const { role, event, count, value } = entry;
      const differences: StreamDifference[] = [{ kind: 'extra', role, left: null, right: value, path: '' }];
      rows.push({ kind: 'extra', role, left: null, right: { event, count }, isMoved: false, differences });
    }
  };

  for (const [place, { role, event, count, value }] of leftRoles.entries()) {
    const here = { event, count };
    const rightPlace = toRight.get(place);
    const other = rightPlace === undefined ? undefined : rightRoles[rightPlace];
    if (rightPlace === undefined || !other) {
      const differences: StreamDifference[] = [{ kind: 'missing', role, left: value, right: null, path: '' }];
      rows.push({ kind: 'missing', role, left: here, right: null, isMoved: false, differences });
      continue;
    }
    const isMoved = moved.has(rightPlace);
    if (!isMoved) takeExtras(rightPlace);
    const differences: StreamDifference[] = [];
    compare(value, other.value, { role, path: [], key: '', ids, into: differences });
    const kind = differences.length > 0 ? 'changed' : isMoved ? 'reordered' : 'equal';
    if (isMoved) differences.push({ kind: 'reordered', role, left: place, right: rightPlace, path: '' });
    rows.push({ kind, role, left: here, right: { event: other.event, count: other.count }, isMoved, differences });
  }
  takeExtras(rightRoles.length);

  const all = rows.flatMap((row) => row.differences);
  const of = (...kinds: StreamDifference['kind'][]): StreamDifference[] => all.filter(({ kind }) => kinds.includes(kind));
  const differences = [...of('missing', 'changed'), ...of('extra'), ...of('reordered')];
  return { equal: differences.length === 0, differences, rows, ids: ids.list() };
}

interface Place {
  role: string;
  path: string[];
  /** The nearest field's name: a list of ids has none of its own. */
  key: string;
  ids: IdPairs;
  into: StreamDifference[];
}

function compare(left: unknown, right: unknown, place: Place): void {
  const areIds = ID_FIELDS.has(place.key) && typeof left === 'string' && typeof right === 'string' && left !== '' && right !== '';
  if (areIds ? place.ids.match(left, right) : Object.is(left, right)) return;
  const areObjects = isObject(left) && isObject(right);
  const areLists = Array.isArray(left) && Array.isArray(right);
  if (!areObjects && !areLists) {
    place.into.push({ kind: 'changed', role: place.role, left: left ?? null, right: right ?? null, path: place.path.join('.') });
    return;
  }
  const a = left as { [key: string]: unknown };
  const b = right as { [key: string]: unknown };
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
    compare(a[key], b[key], { ...place, path: [...place.path, key], key: areLists ? place.key : key });
}
