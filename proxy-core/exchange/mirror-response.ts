/**
 * Keeps a copy of a response that passed through: its id then leads to the upstream that made it, and a
 * session that changes to a translated upstream still finds its history.
 */
import { toInputItems } from '../history/input-items.ts';
import { litellmAliases } from '../protocol/ids/litellm-id.ts';
import { asArray, asString, isObject, type JsonObject } from '../protocol/json.ts';
import type { ResponseStore, StoredResponse } from '../sessions/response-store.ts';

export interface MirrorOptions {
  store: ResponseStore;
  request: JsonObject;
  response: JsonObject;
  upstream: string;
  sessionId: string;
  stepId: string;
  createId: (prefix: string) => string;
  nowUs: () => number;
}

/** May throw: the caller's stream is over by then, and the trouble is only noted. */
export function mirrorResponse({ store, request, response, upstream, sessionId, stepId, createId, nowUs }: MirrorOptions): void {
  const id = asString(response['id']);
  if (id === undefined || store.getResponse(id) !== undefined) return;
  const { input: given, ...settings } = request;
  const input = toInputItems(given, createId).filter(({ type }) => type !== 'item_reference');
  store.begin(
    {
      id,
      sessionId,
      stepId,
      previousResponseId: asString(request['previous_response_id']) ?? null,
      upstream,
      upstreamId: null,
      status: 'in_progress',
      isApiVisible: request['store'] !== false,
      request: settings,
      response: null,
      createdAtUs: nowUs(),
    },
    input.map((item, position) => ({ id: item.id, responseId: id, direction: 'input', position, item })),
  );
  for (const [index, item] of asArray(response['output']).entries()) {
    const itemId = isObject(item) ? asString(item['id']) : undefined;
    const type = isObject(item) ? asString(item['type']) : undefined;
    if (!isObject(item) || itemId === undefined || type === undefined) continue;
    store.addOutputItem({ id: itemId, responseId: id, direction: 'output', position: input.length + index, item: { ...item, type } });
  }
  store.finish(id, { status: toStatus(response['status']), response, upstreamId: null });
  // A gateway's encoded id holds the id that other servers know the response by.
  for (const alias of litellmAliases(id)) store.addAlias(alias, id);
}

function toStatus(status: unknown): StoredResponse['status'] {
  return status === 'completed' || status === 'incomplete' || status === 'cancelled' ? status : 'failed';
}
