/** Delta debugging (Zeller, ddmin): the smallest list, as far as removing goes, for which something still holds. */
export interface DdminOptions<Item> {
  items: readonly Item[];
  /** Must hold for `items` themselves. */
  holds(items: readonly Item[]): Promise<boolean>;
  /** Told after each try: how many items are left. */
  onProgress?: (left: number, tries: number) => void;
  maxTries?: number;
  signal?: AbortSignal;
}

export interface DdminResult<Item> {
  items: Item[];
  tries: number;
  /** False when it was stopped before nothing more could be removed. */
  isMinimal: boolean;
}

const MAX_TRIES = 3_000;

export async function ddmin<Item>({
  items,
  holds,
  onProgress,
  maxTries = MAX_TRIES,
  signal,
}: DdminOptions<Item>): Promise<DdminResult<Item>> {
  let current = [...items];
  let parts = 2;
  let tries = 0;
  const isOver = (): boolean => tries >= maxTries || signal?.aborted === true;

  while (current.length >= 2 && parts <= current.length && !isOver()) {
    const size = Math.ceil(current.length / parts);
    let hasShrunk = false;
    for (let start = 0; start < current.length && !isOver(); start += size) {
      const rest = [...current.slice(0, start), ...current.slice(start + size)];
      tries += 1;
      if (rest.length > 0 && (await holds(rest))) {
        current = rest;
        hasShrunk = true;
        // The part that follows has moved to this place.
        start -= size;
      }
      onProgress?.(current.length, tries);
    }
    if (hasShrunk) parts = Math.max(2, Math.min(parts, current.length));
    else if (size === 1) return { items: current, tries, isMinimal: true };
    else parts = Math.min(current.length, parts * 2);
  }
  return { items: current, tries, isMinimal: !isOver() };
}
