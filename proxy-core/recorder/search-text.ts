/**
 * What a step can be found by: ids that occur in it and the words of its new input and its output.
 * Gathered while the events pass; nothing here is shown, the bytes are the truth.
 */
import type { EmittedEvent } from '../protocol/capture/tap-event.ts';
import { asArray, asObject, asString, type JsonObject, parseJsonObject } from '../protocol/json.ts';

const MAX_TEXT = 65_536;
const MAX_IDS = 5_000;

export interface SearchNotes {
  /** Ids not yet written, with their kind. */
  fresh: [id: string, kind: string][];
  known: Set<string>;
  text: string;
  lastItemId: string;
  isRequestNoted: boolean;
}

export function createSearchNotes(): SearchNotes {
  return { fresh: [], known: new Set(), text: '', lastItemId: '', isRequestNoted: false };
}

/** @param isResponses only those events are understood; others count by their bytes alone. */
export function noteEvent(notes: SearchNotes, event: EmittedEvent, isResponses: boolean): void {
  if (!isResponses) return;
  event.json ??= parseJsonObject(event.data);
  const json = event.json;
  if (!json) return;
  const itemId = json['item_id'];
  if (typeof itemId === 'string') {
    if (itemId !== notes.lastItemId) {
      notes.lastItemId = itemId;
      noteId(notes, itemId, 'item');
    }
    return;
  }
  const item = json['item'];
  if (item !== undefined) noteItem(notes, asObject(item), json['type'] === 'response.output_item.done');
  const response = json['response'];
  if (response !== undefined) noteId(notes, asString(asObject(response)['id']), 'response');
}

export function noteItem(notes: SearchNotes, item: JsonObject, isWhole: boolean): void {
  noteId(notes, asString(item['id']), 'item');
  noteId(notes, asString(item['call_id']), 'call');
  if (isWhole) noteText(notes, itemText(item));
}

export function noteId(notes: SearchNotes, id: string | undefined | null, kind: string): void {
  if (!id || id.length > 2_000 || notes.known.has(id) || notes.known.size >= MAX_IDS) return;
  notes.known.add(id);
  notes.fresh.push([id, kind]);
}

export function noteText(notes: SearchNotes, text: string): void {
  if (text === '' || notes.text.length >= MAX_TEXT) return;
  notes.text += `${text.slice(0, MAX_TEXT - notes.text.length)}\n`;
}

/** The request's ids, and the words that this turn adds (not the history that is sent again). */
export function noteRequest(notes: SearchNotes, body: JsonObject): void {
  noteId(notes, asString(body['previous_response_id']), 'response');
  const input = body['input'] ?? body['messages'] ?? body['contents'];
  if (typeof input === 'string') return noteText(notes, input);
  const items = asArray(input).map(asObject);
  for (const item of items) {
    noteId(notes, asString(item['id']), 'item');
    noteId(notes, asString(item['call_id']), 'call');
  }
  const lastAnswer = items.findLastIndex(
    (item) => item['role'] === 'assistant' || item['role'] === 'model' || item['type'] === 'function_call',
  );
  for (const item of items.slice(lastAnswer + 1)) noteText(notes, itemText(item));
}

function itemText(item: JsonObject): string {
  const parts: string[] = [];
  for (const key of ['name', 'arguments', 'input', 'output', 'refusal', 'text', 'thinking']) {
    if (typeof item[key] === 'string') parts.push(item[key]);
  }
  if (typeof item['content'] === 'string') parts.push(item['content']);
  for (const key of ['content', 'summary', 'output', 'parts']) {
    for (const part of asArray(item[key])) parts.push(itemText(asObject(part)));
  }
  return parts.join(' ');
}
