/**
 * A response store in memory that knows the items of recorded Responses streams, so that recorded second
 * requests (`item_reference` and the like) find what their first one was answered with.
 */
import type { JsonObject } from '../../proxy-core/protocol/json.ts';
import { asArray, asObject, asString, parseJson } from '../../proxy-core/protocol/json.ts';
import type { ResponseStore, StoredItem } from '../../proxy-core/sessions/response-store.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';

export function createRecordedStore(streams: Uint8Array[]): ResponseStore {
  const items = streams.flatMap(readItems);
  return {
    begin: () => undefined,
    addOutputItem: (item) => void items.push(item),
    finish: () => undefined,
    addAlias: () => undefined,
    getResponse: () => undefined,
    resolveAlias: () => undefined,
    getItems: (responseId) => items.filter((item) => item.responseId === responseId),
    getItem: (id) => items.findLast((item) => item.id === id),
    getCall: (callId) => items.findLast(({ item }) => item.type.endsWith('_call') && item['call_id'] === callId),
    hideResponse: () => false,
  };
}

function readItems(stream: Uint8Array): StoredItem[] {
  return readFrames(stream).flatMap(({ data }) => {
    const event = asObject(parseJson(data));
    if (event['type'] !== 'response.completed') return [];
    const response = asObject(event['response']);
    return asArray(response['output']).map((value, position): StoredItem => {
      const item = asObject(value) as JsonObject & { type: string };
      return { id: asString(item['id']) ?? '', responseId: asString(response['id']) ?? '', direction: 'output', position, item };
    });
  });
}
