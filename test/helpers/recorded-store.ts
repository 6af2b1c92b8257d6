/**
 * A response store that knows the items of recorded Responses streams, so that recorded second requests
 * (`item_reference` and the like) find what their first one was answered with.
 */
import { asArray, asObject, asString, parseJson, type JsonObject } from '../../proxy-core/protocol/json.ts';
import type { ResponseStore, StoredItem } from '../../proxy-core/sessions/response-store.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';
import { createMemoryResponseStore } from './memory-response-store.ts';

export function createRecordedStore(streams: Uint8Array[]): ResponseStore {
  return createMemoryResponseStore(streams.flatMap(readItems));
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
