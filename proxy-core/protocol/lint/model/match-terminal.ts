/** Pairs the entries of the terminal output with the streamed items: by id, then call_id, then type in order. Pure. */
import { asString, isObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { TerminalFacts } from './event-facts.ts';
import type { ItemState } from './item-state.ts';

export function matchTerminalOutput(response: JsonObject, items: readonly ItemState[]): TerminalFacts {
  const output = Array.isArray(response['output']) ? response['output'].filter(isObject) : [];
  const entries: TerminalFacts['entries'] = output.map((entry, position) => ({ position, entry, item: null }));
  const free = new Set(items.toSorted(byOutputIndex));
  const pair = (fits: (entry: JsonObject, item: ItemState) => boolean): void => {
    for (const row of entries) {
      if (row.item) continue;
      for (const item of free) {
        if (!fits(row.entry, item)) continue;
        row.item = item;
        free.delete(item);
        break;
      }
    }
  };
  pair((entry, item) => item.id !== null && item.id === entry['id']);
  pair((entry, item) => item.doneId !== null && item.doneId === entry['id']);
  pair((entry, item) => item.aliases.has(asString(entry['id']) ?? ''));
  pair((entry, item) => item.callId !== null && item.callId !== '' && item.callId === entry['call_id']);
  pair((entry, item) => item.type === entry['type']);
  return {
    entries,
    missing: [...free].filter((item) => item.doneAt !== null),
    hasOutput: Array.isArray(response['output']),
  };
}

export function byOutputIndex(a: ItemState, b: ItemState): number {
  return (a.outputIndex ?? Infinity) - (b.outputIndex ?? Infinity) || a.firstEventAt - b.firstEventAt;
}
