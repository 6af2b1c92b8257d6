/** Pairs the entries of the terminal output with the streamed items: by id, then call_id, then type in order. Pure. */
import { asString, isObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { TerminalFacts } from './event-facts.ts';
import type { ItemState } from './item-state.ts';

export function matchTerminalOutput(response: JsonObject, items: readonly ItemState[]): TerminalFacts {
  const output = Array.isArray(response['output']) ? response['output'].filter(isObject) : [];
  const entries: TerminalFacts['entries'] = output.map((entry, position) => ({ position, entry, item: null }));
  const free = new Set(items.toSorted(byOutputIndex));
  /** Each entry gets the first free item that has its key. */
  const pair = (keysOf: (item: ItemState) => Iterable<unknown>, keyOf: (entry: JsonObject) => unknown): void => {
    const byKey = new Map<unknown, ItemState[]>();
    for (const item of free) {
      for (const key of keysOf(item)) {
        const list = byKey.get(key);
        if (list) list.push(item);
        else byKey.set(key, [item]);
      }
    }
    // Taken from the end, which costs nothing.
    for (const list of byKey.values()) list.reverse();
    for (const row of entries) {
      if (row.item) continue;
      const list = byKey.get(keyOf(row.entry));
      let item = list?.pop();
      while (item && !free.has(item)) item = list?.pop();
      if (!item) continue;
      row.item = item;
      free.delete(item);
    }
  };
  pair(
    ({ id }) => (id === null ? [] : [id]),
    (entry) => entry['id'],
  );
  pair(
    ({ doneId }) => (doneId === null ? [] : [doneId]),
    (entry) => entry['id'],
  );
  pair(
    ({ aliases }) => aliases,
    (entry) => asString(entry['id']) ?? '',
  );
  pair(
    ({ callId }) => (callId === null || callId === '' ? [] : [callId]),
    (entry) => entry['call_id'],
  );
  pair(
    ({ type }) => [type],
    (entry) => entry['type'],
  );
  return {
    entries,
    missing: [...free].filter((item) => item.doneAt !== null),
    hasOutput: Array.isArray(response['output']),
  };
}

export function byOutputIndex(a: ItemState, b: ItemState): number {
  return (a.outputIndex ?? Infinity) - (b.outputIndex ?? Infinity) || a.firstEventAt - b.firstEventAt;
}
