/**
 * Which role of one stream is which of the other. The same role first; what is left over is paired by its type
 * and part alone, in order, so that an item that was given another output index is changed and not gone. Pure.
 */
import { asObject, asString } from '../json.ts';
import type { RoleEntry } from './stream-roles.ts';

export interface RolePairs {
  /** Places in the other list, by place. */
  toRight: Map<number, number>;
  toLeft: Map<number, number>;
}

export function pairRoles(left: readonly RoleEntry[], right: readonly RoleEntry[]): RolePairs {
  const toRight = new Map<number, number>();
  const toLeft = new Map<number, number>();
  const pair = (keyOf: (entry: RoleEntry) => string): void => {
    const free = new Map<string, number[]>();
    for (const [place, entry] of right.entries()) {
      if (toLeft.has(place)) continue;
      const key = keyOf(entry);
      const places = free.get(key);
      if (places) places.push(place);
      else free.set(key, [place]);
    }
    for (const [place, entry] of left.entries()) {
      const other = toRight.has(place) ? undefined : free.get(keyOf(entry))?.shift();
      if (other === undefined) continue;
      toRight.set(place, other);
      toLeft.set(other, place);
    }
  };
  pair(({ role }) => role);
  pair(withoutItem);
  return { toRight, toLeft };
}

/** `item 0 / part 0 / output_text.delta (2)` without the item and the count; a message is no call, though. */
function withoutItem({ role, value }: RoleEntry): string {
  const kind = asString(asObject(value['item'])['type']) ?? '';
  return `${role.replace(/^item \d+ \/ /, '').replace(/ \(\d+\)$/, '')} ${kind}`;
}
