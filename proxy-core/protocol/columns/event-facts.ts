/**
 * What the timeline keeps of an event: its id, the words to show, the ids that the terminal output
 * repeats. Read from the event's data once, at the bridge; the whole event stays there until somebody
 * opens it.
 */
import { asArray, asObject, asString, isObject } from '../json.ts';
import { TERMINAL_EVENT_TYPES } from '../responses/wire.ts';

export interface EventFacts {
  id: string | null;
  /** Words for the table: of deltas and done texts all, of others the first 240 characters. */
  text: string;
  /** Only events that say more than that have it. */
  more: ItemFacts | null;
}

export interface ItemFacts {
  /** The `type` of the event's item; null when the item has none, absent when the event has no item. */
  itemType?: string | null;
  /** Name of the tool, when the event is about one. */
  name?: string;
  callId?: string;
  /** Ids of the terminal output with their types. */
  final?: [id: string, type: string | null][];
}

const TEXT_LIMIT = 240;

/** @param data the parsed object, else the raw string. */
export function toEventFacts(type: string, data: unknown): EventFacts {
  if (!isObject(data)) return { id: null, text: typeof data === 'string' ? limit(type, data) : '', more: null };
  const item = isObject(data['item']) ? data['item'] : null;
  const response = isObject(data['response']) ? data['response'] : null;
  return {
    id: asString(data['item_id']) ?? asString(item?.['id']) ?? asString(response?.['id']) ?? null,
    text: limit(type, isDelta(type) ? (asString(data['delta']) ?? '') : toText(data)),
    more: toItemFacts(type, item, response),
  };
}

export function isDelta(type: string): boolean {
  return type.endsWith('.delta');
}

/** Deltas and done texts are kept whole: the result view puts them together. */
function limit(type: string, text: string): string {
  const isWhole = isDelta(type) || (type.endsWith('.done') && !type.endsWith('_part.done') && type !== 'response.output_item.done');
  return isWhole ? text : text.slice(0, TEXT_LIMIT);
}

type Field = { [key: string]: unknown } | null;

function toItemFacts(type: string, item: Field, response: Field): ItemFacts | null {
  const final =
    response !== null && TERMINAL_EVENT_TYPES.has(type)
      ? asArray(response['output']).flatMap((entry): [string, string | null][] => {
          const id = asString(asObject(entry)['id']);
          return id === undefined ? [] : [[id, asString(asObject(entry)['type']) ?? null]];
        })
      : [];
  if (item === null && final.length === 0) return null;
  const name = asString(item?.['name']);
  const callId = asString(item?.['call_id']);
  return {
    ...(item === null ? {} : { itemType: asString(item['type']) ?? null }),
    ...(name === undefined ? {} : { name }),
    ...(callId === undefined ? {} : { callId }),
    ...(final.length === 0 ? {} : { final }),
  };
}

function toText(data: { [key: string]: unknown }): string {
  for (const key of ['text', 'arguments', 'refusal', 'input', 'code'] as const) {
    const value = asString(data[key]);
    if (value !== undefined) return value;
  }
  if (isObject(data['part'])) {
    const part = data['part'];
    return asString(part['text']) ?? asString(part['refusal']) ?? asString(part['reasoning']) ?? asString(part['type']) ?? '';
  }
  if (isObject(data['item'])) return [asString(data['item']['type']), asString(data['item']['name'])].filter(Boolean).join(' ');
  if (isObject(data['response'])) {
    const error = asString(asObject(data['response']['error'])['message']);
    return error ?? asString(data['response']['status']) ?? '';
  }
  return asString(data['message']) ?? asString(asObject(data['error'])['message']) ?? '';
}
