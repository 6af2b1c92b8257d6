/**
 * Responses and items as they are kept: made into text once when they are written, parsed for every
 * reader, so that nobody can change what is stored by changing what was given or handed out.
 */
import { asObject, type JsonObject, parseJson, parseJsonObject } from '../protocol/json.ts';
import type { ReplayData } from '../upstreams/upstream.ts';
import type { StoredItem, StoredResponse } from './response-store.ts';

export interface ResponseRow {
  id: string;
  session_id: string;
  step_id: string;
  previous_response_id: string | null;
  upstream: string;
  upstream_id: string | null;
  status: StoredResponse['status'];
  is_visible: number;
  created_at: number;
  /** JSON, like all the texts below. */
  request: string;
  response: string | null;
}

export interface ItemRow {
  id: string;
  response_id: string;
  direction: StoredItem['direction'];
  position: number;
  /** Of calls only. */
  call_id: string | null;
  item: string;
  replay: string | null;
}

export function toResponseRow(response: StoredResponse): ResponseRow {
  return {
    id: response.id,
    session_id: response.sessionId,
    step_id: response.stepId,
    previous_response_id: response.previousResponseId,
    upstream: response.upstream,
    upstream_id: response.upstreamId,
    status: response.status,
    is_visible: response.isApiVisible ? 1 : 0,
    created_at: response.createdAtUs,
    request: JSON.stringify(response.request),
    response: response.response === null ? null : JSON.stringify(response.response),
  };
}

export function toResponse(row: ResponseRow): StoredResponse {
  return {
    id: row.id,
    sessionId: row.session_id,
    stepId: row.step_id,
    previousResponseId: row.previous_response_id,
    upstream: row.upstream,
    upstreamId: row.upstream_id,
    status: row.status,
    isApiVisible: row.is_visible === 1,
    request: asObject(parseJson(row.request)),
    response: row.response === null ? null : asObject(parseJson(row.response)),
    createdAtUs: row.created_at,
  };
}

export function toItemRow({ id, responseId, direction, position, item, replay }: StoredItem): ItemRow {
  const isCall = item.type === 'function_call' || item.type === 'custom_tool_call';
  return {
    id,
    response_id: responseId,
    direction,
    position,
    call_id: isCall && typeof item['call_id'] === 'string' ? item['call_id'] : null,
    item: JSON.stringify(item),
    replay: replay === undefined ? null : JSON.stringify(replay),
  };
}

/** Undefined for a row that does not hold an item (a damaged file). */
export function toItem(row: ItemRow | undefined): StoredItem | undefined {
  if (!row) return undefined;
  const item = parseJsonObject(row.item);
  if (!item) return undefined;
  const stored: StoredItem = {
    id: row.id,
    responseId: row.response_id,
    direction: row.direction,
    position: row.position,
    item: item as JsonObject & { type: string },
  };
  if (row.replay !== null) stored.replay = parseJson(row.replay) as ReplayData;
  return stored;
}
