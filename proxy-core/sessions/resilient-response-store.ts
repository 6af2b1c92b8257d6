/**
 * The response store that the exchange gets: memory in front of the disk. What is written is found at
 * once (the client may answer the moment the terminal event is out) and is on disk 25 ms later, in one
 * transaction with everything else. A disk that fails is told and tried again; it never throws into an
 * exchange.
 */
import { createMemoryResponseStore } from './memory-response-store.ts';
import type { ResponseStore } from './response-store.ts';
import type { SavedChanges, SqliteResponseStore } from './sqlite-response-store.ts';

export interface ResilientResponseStore extends ResponseStore {
  /** Writes what waits, now. False when the disk did not take it (it still waits). */
  flush(): boolean;
  forgetSession(sessionId: string): void;
  /** Writes what waits; the database may be closed afterwards. */
  close(): void;
}

export interface ResilientOptions {
  flushMs?: number;
  /** Responses that stay in memory after they were written: chains mostly go on from the newest ones. */
  maxClean?: number;
  /** Responses that may wait for a disk that fails; older ones are lost. */
  maxWaiting?: number;
}

/** A disk that takes nothing is tried again at least this often. */
const MAX_RETRY_MS = 2_000;

interface Change {
  isNew: boolean;
  /** Items that are on disk already. */
  savedItems: number;
}

/** @param onTrouble told of a fault of the disk, and null when all has been caught up. */
export function createResilientResponseStore(
  disk: SqliteResponseStore,
  onTrouble: (error: unknown) => void,
  options: ResilientOptions = {},
): ResilientResponseStore {
  const { flushMs = 25, maxClean = 500, maxWaiting = 5_000 } = options;
  const memory = createMemoryResponseStore();
  const changes = new Map<string, Change>();
  const aliases = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let isFailing = false;
  let retryMs = flushMs;
  let isClosed = false;

  function read<Result>(look: () => Result, otherwise: Result): Result {
    if (isClosed) return otherwise;
    try {
      return look();
    } catch (error) {
      fail(error);
      return otherwise;
    }
  }

  function fail(error: unknown): void {
    isFailing = true;
    onTrouble(error);
  }

  /** A response is changed in memory only; what the disk has of it is brought there first. */
  function bringIn(id: string): void {
    if (memory.has(id)) return;
    const rows = read(() => disk.getRows(id), undefined);
    if (rows) memory.load(rows.response, rows.items);
  }

  function changed(id: string, savedItems: number): void {
    if (!changes.has(id)) changes.set(id, { isNew: false, savedItems });
    schedule();
  }

  function schedule(): void {
    if (!isClosed) timer ??= setTimeout(flush, retryMs).unref();
  }

  function flush(): boolean {
    clearTimeout(timer);
    timer = undefined;
    if (isClosed || (changes.size === 0 && aliases.size === 0)) return true;
    try {
      disk.save(toBatch());
    } catch (error) {
      fail(error);
      for (const id of changes.keys()) {
        if (changes.size <= maxWaiting) break;
        changes.delete(id);
      }
      trim();
      retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
      schedule();
      return false;
    }
    retryMs = flushMs;
    changes.clear();
    for (const foreignId of aliases.keys()) memory.removeAlias(foreignId);
    aliases.clear();
    trim();
    if (isFailing) onTrouble(null);
    isFailing = false;
    return true;
  }

  function toBatch(): SavedChanges {
    const responses = [...changes].flatMap(([id, { isNew, savedItems }]) => {
      const entry = memory.entry(id);
      return entry ? { response: entry.response, isNew, newItems: entry.items.slice(savedItems) } : [];
    });
    return { responses, aliases: [...aliases] };
  }

  /** The oldest go first, but never what still waits for the disk. */
  function trim(): void {
    let left = maxClean;
    for (const id of [...memory.ids()].toReversed()) {
      if (changes.has(id)) continue;
      if (left > 0) left -= 1;
      else memory.remove(id);
    }
  }

  return {
    begin(response, input) {
      memory.begin(response, input);
      changes.set(response.id, { isNew: true, savedItems: 0 });
      schedule();
    },
    addOutputItem(item) {
      bringIn(item.responseId);
      const savedItems = memory.entry(item.responseId)?.items.length ?? 0;
      memory.addOutputItem(item);
      changed(item.responseId, savedItems);
    },
    finish(id, patch) {
      bringIn(id);
      memory.finish(id, patch);
      changed(id, memory.entry(id)?.items.length ?? 0);
    },
    addAlias(foreignId, responseId) {
      memory.addAlias(foreignId, responseId);
      aliases.set(foreignId, responseId);
      schedule();
    },
    hideResponse(id) {
      bringIn(id);
      const isHidden = memory.hideResponse(id);
      if (isHidden) changed(id, memory.entry(id)?.items.length ?? 0);
      return isHidden;
    },
    getResponse: (id) => memory.getResponse(id) ?? read(() => disk.getResponse(id), undefined),
    resolveAlias: (foreignId) => memory.resolveAlias(foreignId) ?? read(() => disk.resolveAlias(foreignId), undefined),
    getItems: (id) => (memory.has(id) ? memory.getItems(id) : read(() => disk.getItems(id), [])),
    getItem(id, itemOptions) {
      const near = memory.getItem(id, itemOptions);
      if (near) return near;
      const far = read(() => disk.getItem(id, itemOptions), undefined);
      // What memory has of that response is newer: the item may have been hidden there.
      return far && memory.has(far.responseId) ? undefined : far;
    },
    getCall(callId, sessionId) {
      const near = memory.getCall(callId, sessionId);
      const isOwn = near !== undefined && memory.entry(near.responseId)?.response.session_id === sessionId;
      if (isOwn || (near && sessionId === undefined)) return near;
      const far = read(() => disk.getCall(callId, sessionId), undefined);
      // Another session's call counts only when the asking session has none on disk either.
      return far && (near === undefined || disk.sessionOf(far.responseId) === sessionId) ? far : near;
    },
    flush,
    forgetSession(sessionId) {
      for (const id of [...memory.ids()]) {
        if (memory.entry(id)?.response.session_id !== sessionId) continue;
        memory.remove(id);
        changes.delete(id);
      }
    },
    close() {
      flush();
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
