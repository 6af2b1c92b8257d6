/** The differences between two Responses streams, aligned by role in the lifecycle (contract 3.4, GET /api/diff). */
import { isObject } from '../json.ts';
import { toRoles, type RoleEntry } from './stream-roles.ts';

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

export function diffStreams(left: readonly unknown[], right: readonly unknown[]): StreamDiff {
  const leftRoles = toRoles(left);
  const rightRoles = toRoles(right);
  const rightByRole = new Map(rightRoles.map((entry) => [entry.role, entry]));
  const leftByRole = new Map(leftRoles.map((entry) => [entry.role, entry]));
  const differences: StreamDifference[] = [];
  for (const entry of leftRoles) {
    const other = rightByRole.get(entry.role);
    if (!other) differences.push({ kind: 'missing', role: entry.role, left: entry.value, right: null, path: '' });
    else compare(entry.value, other.value, { role: entry.role, path: [], into: differences });
  }
  for (const entry of rightRoles) {
    if (!leftByRole.has(entry.role)) differences.push({ kind: 'extra', role: entry.role, left: null, right: entry.value, path: '' });
  }
  differences.push(...findReordered(leftRoles, rightRoles));
  return { equal: differences.length === 0, differences };
}

interface Place {
  role: string;
  path: string[];
  into: StreamDifference[];
}

function compare(left: unknown, right: unknown, place: Place): void {
  if (Object.is(left, right)) return;
  const areObjects = isObject(left) && isObject(right);
  const areLists = Array.isArray(left) && Array.isArray(right);
  if (!areObjects && !areLists) {
    place.into.push({ kind: 'changed', role: place.role, left: left ?? null, right: right ?? null, path: place.path.join('.') });
    return;
  }
  const a = left as { [key: string]: unknown };
  const b = right as { [key: string]: unknown };
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) compare(a[key], b[key], { ...place, path: [...place.path, key] });
}

/** Roles of both sides that are not part of the longest common order. */
function findReordered(left: RoleEntry[], right: RoleEntry[]): StreamDifference[] {
  const placeOnRight = new Map(right.map((entry, index) => [entry.role, index]));
  const common = left.flatMap((entry, index) => {
    const other = placeOnRight.get(entry.role);
    return other === undefined ? [] : [{ role: entry.role, left: index, right: other }];
  });
  const inOrder = longestIncreasing(common.map((pair) => pair.right));
  return common
    .filter((_pair, index) => !inOrder.has(index))
    .map((pair) => ({ kind: 'reordered', role: pair.role, left: pair.left, right: pair.right, path: '' }));
}

/** Positions of a longest increasing subsequence (patience sorting with back links). */
function longestIncreasing(values: readonly number[]): Set<number> {
  const tails: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [index, value] of values.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] as number] as number) < value) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? tails[low - 1] : undefined;
    tails[low] = index;
  }
  const kept = new Set<number>();
  for (let at = tails.at(-1); at !== undefined; at = before[at]) kept.add(at);
  return kept;
}
