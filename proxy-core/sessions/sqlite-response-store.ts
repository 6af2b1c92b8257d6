/**
 * Responses and items on disk, in the same file as the record. Only rows and SQL; throws what SQLite
 * throws. What the exchange gets is ./resilient-response-store.ts, which is in front of this.
 */
import type { Database } from 'better-sqlite3';
import type { ResponseStore, StoredItem } from './response-store.ts';
import { createBlobStore } from '../storage/blob-store.ts';
import { packText } from '../storage/packed-body.ts';
import { type ItemRow, type ResponseRow, toItem, toItemRow, toResponse, toResponseRow } from './stored-rows.ts';

export interface SqliteResponseStore extends ResponseStore {
  /** Writes many changes at once. */
  save(batch: SavedChanges): void;
  sessionOf(responseId: string): string | undefined;
  getRows(id: string): { response: ResponseRow; items: ItemRow[] } | undefined;
}

export interface SavedChanges {
  /** `newItems` are added; `isNew` drops the items of an earlier response of that id. */
  responses: { response: ResponseRow; isNew: boolean; newItems: ItemRow[] }[];
  aliases: [foreignId: string, responseId: string][];
}

/** @param mask takes secrets out of what is written; a key that somebody put into a message must not reach the disk. */
export function createSqliteResponseStore(db: Database, mask: (text: string) => string = (text) => text): SqliteResponseStore {
  const insertResponse = db.prepare(
    `INSERT OR REPLACE INTO responses (id, session_id, step_id, previous_response_id, upstream, upstream_id, status, is_visible, created_at,
       request, response) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const deleteItems = db.prepare('DELETE FROM items WHERE response_id = ?');
  const insertItem = db.prepare(
    'INSERT INTO items (id, response_id, direction, position, call_id, item, replay) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const insertAlias = db.prepare('INSERT OR REPLACE INTO aliases (foreign_id, response_id) VALUES (?, ?)');
  const getAlias = db.prepare<[string], { response_id: string }>('SELECT response_id FROM aliases WHERE foreign_id = ?');
  const getResponse = db.prepare<[string], Packed<ResponseRow>>('SELECT * FROM responses WHERE id = ?');
  // 'input' sorts before 'output' by itself.
  const getItems = db.prepare<[string], Packed<ItemRow>>('SELECT * FROM items WHERE response_id = ? ORDER BY direction, position, no');
  const getAnyItem = db.prepare<[string], Packed<ItemRow>>('SELECT * FROM items WHERE id = ? ORDER BY no DESC LIMIT 1');
  const getVisibleItem = db.prepare<[string], Packed<ItemRow>>(
    `SELECT i.* FROM items i JOIN responses r ON r.id = i.response_id AND r.is_visible = 1 WHERE i.id = ? ORDER BY i.no DESC LIMIT 1`,
  );
  const getCall = db.prepare<[string, string], Packed<ItemRow>>(
    `SELECT i.* FROM items i JOIN responses r ON r.id = i.response_id WHERE i.call_id = ? AND i.direction = 'output'
       ORDER BY r.session_id = ? DESC, i.no DESC LIMIT 1`,
  );
  const setHidden = db.prepare('UPDATE responses SET is_visible = 0 WHERE id = ? AND is_visible = 1');

  const blobs = createBlobStore(db);
  const pack = (text: string) => packText(mask(text));

  function unpack<Row extends object>(row: Packed<Row>): Row;
  function unpack<Row extends object>(row: Packed<Row> | undefined): Row | undefined;
  function unpack(row: object | undefined): object | undefined {
    const toText = (value: unknown) => (value instanceof Uint8Array ? blobs.unpackText(value) : value);
    return row && Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toText(value)]));
  }

  function putResponse(row: ResponseRow): void {
    insertResponse.run(
      row.id,
      row.session_id,
      row.step_id,
      row.previous_response_id,
      row.upstream,
      row.upstream_id,
      row.status,
      row.is_visible,
      row.created_at,
      pack(row.request),
      row.response === null ? null : pack(row.response),
    );
  }

  function putItem(row: ItemRow): void {
    const item = blobs.packText(mask(row.item));
    const replay = row.replay === null ? null : pack(row.replay);
    const { lastInsertRowid } = insertItem.run(row.id, row.response_id, row.direction, row.position, row.call_id, item.column, replay);
    blobs.use('item', Number(lastInsertRowid), item.blobs);
  }

  const save = db.transaction(({ responses, aliases }: SavedChanges) => {
    for (const { response, isNew, newItems } of responses) {
      if (isNew) deleteItems.run(response.id);
      putResponse(response);
      newItems.forEach(putItem);
    }
    for (const [foreignId, responseId] of aliases) insertAlias.run(foreignId, responseId);
  });

  return {
    save,
    begin: (response, input) =>
      save({ responses: [{ response: toResponseRow(response), isNew: true, newItems: input.map(toItemRow) }], aliases: [] }),
    addOutputItem: (item: StoredItem) => putItem(toItemRow(item)),
    finish(id, patch) {
      const row = getResponse.get(id);
      if (row) putResponse(toResponseRow({ ...toResponse(unpack(row)), ...patch }));
    },
    addAlias(foreignId, responseId) {
      insertAlias.run(foreignId, responseId);
    },
    getResponse(id) {
      const row = getResponse.get(id);
      return row && toResponse(unpack(row));
    },
    resolveAlias: (foreignId) => getAlias.get(foreignId)?.response_id,
    getItems: (responseId) => getItems.all(responseId).flatMap((row) => toItem(unpack(row)) ?? []),
    getItem: (id, options) => toItem(unpack((options?.includeInvisible ? getAnyItem : getVisibleItem).get(id))),
    getCall: (callId, sessionId) => toItem(unpack(getCall.get(callId, sessionId ?? ''))),
    hideResponse: (id) => setHidden.run(id).changes > 0,
    sessionOf: (id) => getResponse.get(id)?.session_id,
    getRows(id) {
      const response = getResponse.get(id);
      return response && { response: unpack(response), items: getItems.all(id).map((row) => unpack(row)) };
    },
  };
}

/** A row as it lies on disk: its texts may be deflated. */
type Packed<Row> = { [Name in keyof Row]: Name extends 'request' | 'response' | 'item' | 'replay' ? Row[Name] | Uint8Array : Row[Name] };
