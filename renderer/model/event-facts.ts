/**
 * Reads from one event what the columns keep: its id, its kind, the words to show and the ids that the
 * terminal output repeats. The whole event stays at the bridge until somebody opens it.
 */
import { asArray, asObject, asString, isObject } from '../../proxy-core/protocol/json.ts';
import type { EventRow } from '../../proxy-core/protocol/api/control-api.ts';
import { MARK, toEventKind, toItemKind, toMark, type ItemKind, type Mark } from './event-kind.ts';

export interface EventFacts {
  mark: Mark;
  kind: ItemKind;
  id: string | null;
  /** Words for the table; a delta's own text verbatim. */
  text: string;
  /** Name of the tool, when the event is about one. */
  name: string | null;
  callId: string | null;
  /** Items of the terminal output. */
  final: { id: string; kind: ItemKind }[];
}

const TEXT_LIMIT = 240;

export function toEventFacts(row: EventRow): EventFacts {
  const mark = toMark(row.type);
  const data = asObject(row.data);
  const item = isObject(data['item']) ? data['item'] : null;
  const response = isObject(data['response']) ? data['response'] : null;
  const byType = toEventKind(row.type);
  const kind = item === null ? byType : toItemKind(asString(item['type']));
  const id = row.itemId ?? asString(data['item_id']) ?? asString(item?.['id']) ?? asString(response?.['id']) ?? null;
  const final =
    mark === MARK.terminal && response !== null
      ? asArray(response['output']).flatMap((entry) => {
          const finalId = asString(asObject(entry)['id']);
          return finalId === undefined ? [] : [{ id: finalId, kind: toItemKind(asString(asObject(entry)['type'])) }];
        })
      : [];
  return {
    mark,
    kind,
    id,
    // deltas and done texts are kept whole: the result view puts them together
    text: mark === MARK.delta || mark === MARK.textDone ? toEventText(row, mark) : toEventText(row, mark).slice(0, TEXT_LIMIT),
    name: asString(item?.['name']) ?? null,
    callId: asString(item?.['call_id']) ?? null,
    final,
  };
}

function toEventText(row: EventRow, mark: Mark): string {
  if (!isObject(row.data)) return typeof row.data === 'string' ? row.data : '';
  const data = row.data;
  if (mark === MARK.delta) return asString(data['delta']) ?? '';
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
