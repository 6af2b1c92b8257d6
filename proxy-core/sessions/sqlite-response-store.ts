/**
 * The response store on disk, in the same file as the record. Written before the terminal event goes
 * out, so a chain survives a restart. Throws what SQLite throws; ./resilient-response-store.ts is what
 * the exchange gets.
 */
import type { Database } from 'better-sqlite3';
import { asObject, isObject, type JsonObject } from '../protocol/json.ts';
import { packJson, unpackJson } from '../storage/packed-body.ts';
import type { ReplayData } from '../upstreams/upstream.ts';
import { isCall } from './memory-response-store.ts';
import type { ResponseStore, StoredItem, StoredResponse } from './response-store.ts';

type Column = string | Uint8Array;

interface ResponseRow {
  id: string;
  session_id: string;
  step_id: string;
  previous_response_id: string | null;
  upstream: string;
  upstream_id: string | null;
  status: StoredResponse['status'];
  is_visible: number;
  created_at: number;
  request: Column;
  response: Column | null;
}
interface ItemRow {
  id: string;
  response_id: string;
  direction: StoredItem['direction'];
  position: number;
  item: Column;
  replay: Column | null;
}

/** @param mask takes secrets out of what is written; a key that somebody put into a message must not reach the disk. */
export function createSqliteResponseStore(db: Database, mask?: (text: string) => string): ResponseStore {
  const pack = (value: unknown) => packJson(value, mask);
  const insertResponse = db.prepare(
    `INSERT OR REPLACE INTO responses (id, session_id, step_id, previous_response_id, upstream, upstream_id, status, is_visible, created_at,
       request, response) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const deleteItems = db.prepare('DELETE FROM items WHERE response_id = ?');
  const insertItem = db.prepare(
    'INSERT INTO items (id, response_id, direction, position, call_id, item, replay) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const finishResponse = db.prepare('UPDATE responses SET status = ?, response = ?, upstream_id = ? WHERE id = ?');
  const insertAlias = db.prepare('INSERT OR REPLACE INTO aliases (foreign_id, response_id) VALUES (?, ?)');
  const getAlias = db.prepare<[string], { response_id: string }>('SELECT response_id FROM aliases WHERE foreign_id = ?');
  const getResponse = db.prepare<[string], ResponseRow>('SELECT * FROM responses WHERE id = ?');
  // Input before output; 'input' sorts first by itself.
  const getItems = db.prepare<[string], ItemRow>('SELECT * FROM items WHERE response_id = ? ORDER BY direction, position, no');
  const getAnyItem = db.prepare<[string], ItemRow>('SELECT * FROM items WHERE id = ? ORDER BY no DESC LIMIT 1');
  const getVisibleItem = db.prepare<[string], ItemRow>(
    `SELECT i.* FROM items i JOIN responses r ON r.id = i.response_id AND r.is_visible = 1 WHERE i.id = ? ORDER BY i.no DESC LIMIT 1`,
  );
  const getCall = db.prepare<[string, string], ItemRow>(
    `SELECT i.* FROM items i JOIN responses r ON r.id = i.response_id WHERE i.call_id = ? AND i.direction = 'output'
       ORDER BY r.session_id = ? DESC, i.no DESC LIMIT 1`,
  );
  const hide = db.prepare('UPDATE responses SET is_visible = 0 WHERE id = ? AND is_visible = 1');

  function addItem({ id, responseId, direction, position, item, replay }: StoredItem): void {
    const callId = isCall({ item }) && typeof item['call_id'] === 'string' ? item['call_id'] : null;
    insertItem.run(id, responseId, direction, position, callId, pack(item), replay === undefined ? null : pack(replay));
  }

  const begin = db.transaction((response: StoredResponse, input: StoredItem[]) => {
    deleteItems.run(response.id);
    insertResponse.run(
      response.id,
      response.sessionId,
      response.stepId,
      response.previousResponseId,
      response.upstream,
      response.upstreamId,
      response.status,
      response.isApiVisible ? 1 : 0,
      response.createdAtUs,
      pack(response.request),
      response.response === null ? null : pack(response.response),
    );
    for (const item of input) addItem(item);
  });

  return {
    begin: (response, input) => begin(response, input),
    addOutputItem: addItem,
    finish(id, { status, response, upstreamId }) {
      finishResponse.run(status, response === null ? null : pack(response), upstreamId, id);
    },
    addAlias(foreignId, responseId) {
      insertAlias.run(foreignId, responseId);
    },
    getResponse: (id) => toResponse(getResponse.get(id)),
    resolveAlias: (foreignId) => getAlias.get(foreignId)?.response_id,
    getItems: (responseId) => getItems.all(responseId).flatMap((row) => toItem(row) ?? []),
    getItem: (id, options) => toItem((options?.includeInvisible ? getAnyItem : getVisibleItem).get(id)),
    getCall: (callId, sessionId) => toItem(getCall.get(callId, sessionId ?? '')),
    hideResponse: (id) => hide.run(id).changes > 0,
  };
}

function toResponse(row: ResponseRow | undefined): StoredResponse | undefined {
  return (
    row && {
      id: row.id,
      sessionId: row.session_id,
      stepId: row.step_id,
      previousResponseId: row.previous_response_id,
      upstream: row.upstream,
      upstreamId: row.upstream_id,
      status: row.status,
      isApiVisible: row.is_visible === 1,
      request: asObject(unpackJson(row.request)),
      response: row.response === null ? null : asObject(unpackJson(row.response)),
      createdAtUs: row.created_at,
    }
  );
}

function toItem(row: ItemRow | undefined): StoredItem | undefined {
  if (!row) return undefined;
  const item = unpackJson(row.item);
  if (!isObject(item)) return undefined;
  const stored: StoredItem = {
    id: row.id,
    responseId: row.response_id,
    direction: row.direction,
    position: row.position,
    item: item as JsonObject & { type: string },
  };
  if (row.replay !== null) stored.replay = unpackJson(row.replay) as ReplayData;
  return stored;
}
