/**
 * The items of a stream that have not ended, in the order of their first events. Looking one up costs the
 * same however many a broken stream leaves open. Changed only by the stream model.
 */
import { isExemptFromOrder, type ItemState } from './item-state.ts';

/** Of thousands that were left open, the first say enough. */
const MAX_BEFORE = 20;

export interface OpenItems extends Iterable<ItemState> {
  add(item: ItemState): void;
  /** To be told once the item has been announced, and once it has ended. */
  announced(item: ItemState): void;
  ended(item: ItemState): void;
  /** An item of this index that no event has announced. */
  findUnannounced(outputIndex: number | null, fits: (item: ItemState) => boolean): ItemState | undefined;
  /** Announced items that should have ended before another begins. */
  before(fits: (item: ItemState) => boolean): ItemState[];
}

export function createOpenItems(): OpenItems {
  const open = new Set<ItemState>();
  const unannounced = new Map<number | null, Set<ItemState>>();

  function announced(item: ItemState): void {
    unannounced.get(item.outputIndex)?.delete(item);
  }

  return {
    [Symbol.iterator]: () => open[Symbol.iterator](),
    add(item) {
      open.add(item);
      const others = unannounced.get(item.outputIndex);
      if (others) others.add(item);
      else unannounced.set(item.outputIndex, new Set([item]));
    },
    announced,
    ended(item) {
      open.delete(item);
      announced(item);
    },
    findUnannounced(outputIndex, fits) {
      for (const item of unannounced.get(outputIndex) ?? []) if (fits(item)) return item;
      return undefined;
    },
    before(fits) {
      const found: ItemState[] = [];
      for (const item of open) {
        if (item.addedAt !== null && fits(item) && !isExemptFromOrder(item)) found.push(item);
        if (found.length >= MAX_BEFORE) break;
      }
      return found;
    },
  };
}
