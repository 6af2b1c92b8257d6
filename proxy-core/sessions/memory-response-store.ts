/** The response store without a disk: for tests, and as what is in front of the disk. */
import type { ResponseStore } from './response-store.ts';
import { type ItemRow, type ResponseRow, toItem, toItemRow, toResponse, toResponseRow } from './stored-rows.ts';

export interface MemoryResponseStore extends ResponseStore {
  has(id: string): boolean;
  /** The rows of one response, items in the order in which they came. */
  entry(id: string): MemoryEntry | undefined;
  /** Takes rows over as they are. */
  load(response: ResponseRow, items: ItemRow[]): void;
  /** Oldest first. */
  ids(): IterableIterator<string>;
  remove(id: string): void;
  removeAlias(foreignId: string): void;
}

export interface MemoryEntry {
  response: ResponseRow;
  items: ItemRow[];
}

export function createMemoryResponseStore(): MemoryResponseStore {
  const entries = new Map<string, MemoryEntry>();
  const aliases = new Map<string, string>();
  /** Item and call ids to the responses that hold them, newest last. */
  const owners = new Map<string, string[]>();

  function load(response: ResponseRow, items: ItemRow[]): void {
    remove(response.id);
    entries.set(response.id, { response, items: [] });
    for (const item of items) addRow(item);
  }

  function addRow(row: ItemRow): void {
    entries.get(row.response_id)?.items.push(row);
    addOwner(`item ${row.id}`, row.response_id);
    if (row.call_id !== null && row.direction === 'output') addOwner(`call ${row.call_id}`, row.response_id);
  }

  function addOwner(key: string, responseId: string): void {
    const known = owners.get(key);
    if (!known) owners.set(key, [responseId]);
    else if (known.at(-1) !== responseId) known.push(responseId);
  }

  function remove(id: string): void {
    for (const { id: itemId, call_id } of entries.get(id)?.items ?? []) {
      removeOwner(`item ${itemId}`, id);
      if (call_id !== null) removeOwner(`call ${call_id}`, id);
    }
    entries.delete(id);
  }

  function removeOwner(key: string, responseId: string): void {
    const left = owners.get(key)?.filter((owner) => owner !== responseId);
    if (left && left.length > 0) owners.set(key, left);
    else owners.delete(key);
  }

  function find(key: string, matches: (item: ItemRow, response: ResponseRow) => boolean): ItemRow | undefined {
    for (const responseId of (owners.get(key) ?? []).toReversed()) {
      const entry = entries.get(responseId);
      const found = entry?.items.findLast((item) => matches(item, entry.response));
      if (found) return found;
    }
    return undefined;
  }

  return {
    begin: (response, input) => load(toResponseRow(response), input.map(toItemRow)),
    addOutputItem: (item) => addRow(toItemRow(item)),
    finish(id, { status, response, upstreamId }) {
      const entry = entries.get(id);
      if (!entry) return;
      entry.response = {
        ...entry.response,
        status,
        upstream_id: upstreamId,
        response: response === null ? null : JSON.stringify(response),
      };
    },
    addAlias(foreignId, responseId) {
      aliases.set(foreignId, responseId);
    },
    getResponse(id) {
      const entry = entries.get(id);
      return entry && toResponse(entry.response);
    },
    resolveAlias: (foreignId) => aliases.get(foreignId),
    getItems: (id) => inOrder(entries.get(id)?.items ?? []).flatMap((row) => toItem(row) ?? []),
    getItem(id, options) {
      return toItem(
        find(`item ${id}`, (item, response) => item.id === id && (options?.includeInvisible === true || response.is_visible === 1)),
      );
    },
    getCall(callId, sessionId) {
      const isCall = (item: ItemRow) => item.call_id === callId && item.direction === 'output';
      const own = find(`call ${callId}`, (item, response) => isCall(item) && response.session_id === sessionId);
      return toItem(own ?? find(`call ${callId}`, isCall));
    },
    hideResponse(id) {
      const entry = entries.get(id);
      if (entry?.response.is_visible !== 1) return false;
      entry.response = { ...entry.response, is_visible: 0 };
      return true;
    },
    has: (id) => entries.has(id),
    entry: (id) => entries.get(id),
    load,
    ids: () => entries.keys(),
    remove,
    removeAlias: (foreignId) => void aliases.delete(foreignId),
  };
}

/** Input before output, each by position. */
function inOrder(rows: readonly ItemRow[]): ItemRow[] {
  return rows.toSorted((left, right) => left.direction.localeCompare(right.direction) || left.position - right.position);
}
