/**
 * A map for what comes and goes with every request. V8 lets a map grow by a new table, and the old table goes on
 * pointing to what was in it and to the new one. Once such a table has become old it is only looked at by a full
 * collection, and until then everything that was ever in the map when it was rebuilt counts as in use: whole
 * requests, with all that hangs on them, were moved around by each small collection and then kept. Here a table
 * holds but a small box, which is emptied when its entry goes.
 */
export interface LeanMap<Key, Value> {
  readonly size: number;
  get(key: Key): Value | undefined;
  has(key: Key): boolean;
  set(key: Key, value: Value): void;
  delete(key: Key): boolean;
  /** In the order in which they were set. */
  keys(): IterableIterator<Key>;
  values(): Generator<Value>;
}

interface Box<Value> {
  value: Value | undefined;
}

export function createLeanMap<Key, Value>(): LeanMap<Key, Value> {
  const boxes = new Map<Key, Box<Value>>();

  function remove(key: Key): boolean {
    const box = boxes.get(key);
    if (!box) return false;
    box.value = undefined;
    return boxes.delete(key);
  }

  return {
    get size() {
      return boxes.size;
    },
    get: (key) => boxes.get(key)?.value,
    has: (key) => boxes.has(key),
    set(key, value) {
      remove(key);
      boxes.set(key, { value });
    },
    delete: remove,
    keys: () => boxes.keys(),
    *values() {
      for (const { value } of boxes.values()) yield value as Value;
    },
  };
}
