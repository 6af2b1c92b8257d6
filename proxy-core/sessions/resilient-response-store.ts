/**
 * The response store that the exchange gets: memory in front of the disk. What is written is found at
 * once (the client may answer the moment the terminal event is out) and waits until whoever writes takes
 * it, a batch at a time. A disk that fails is told and tried again; it never throws into an exchange.
 */
import { createMemoryResponseStore, type MemoryEntry } from './memory-response-store.ts';
import type { ResponseStore } from './response-store.ts';
import type { SavedChanges, SqliteResponseStore } from './sqlite-response-store.ts';

export interface ResilientResponseStore extends ResponseStore {
  /** What waits for the disk; null when nothing does, or much is on its way. @param isLast without the pause after a fault. */
  take(isLast?: boolean): SavedChanges | null;
  /** The oldest batch that was taken is on disk, or (an error) waits again. */
  settle(error: Error | null): void;
  forgetSession(sessionId: string): void;
  /** The disk is not read any more. */
  close(): void;
}

/** What the disk is asked; writing it is somebody else's (`SqliteResponseStore.save`). */
export type ResponseReader = Pick<
  SqliteResponseStore,
  'getResponse' | 'resolveAlias' | 'getItems' | 'getItem' | 'getCall' | 'getRows' | 'sessionOf'
>;

export interface ResilientOptions {
  /** Told of a fault of the disk, and null when all has been caught up. */
  onTrouble: (error: unknown) => void;
  /** There is something to take. */
  onWaiting: () => void;
  retryMs?: number;
  /** Responses, and characters of theirs, that stay in memory after they were written: chains mostly go on from the newest ones. */
  maxClean?: number;
  maxCleanSize?: number;
  /** Responses that may wait for a disk that fails; older ones are lost. */
  maxWaiting?: number;
}

/** A disk that takes nothing is tried again at least this often. */
const MAX_RETRY_MS = 2_000;
/** Batches that a disk may be late with; more would only lie about somewhere else. */
const MAX_ON_THE_WAY = 4;

interface Change {
  isNew: boolean;
  /** Items that are on disk already. */
  savedItems: number;
}

interface Waiting {
  changes: Map<string, Change>;
  aliases: Map<string, string>;
}

export function createResilientResponseStore(disk: ResponseReader, options: ResilientOptions): ResilientResponseStore {
  const { onTrouble, onWaiting, retryMs: firstRetryMs = 50, maxClean = 500, maxCleanSize = 4_000_000, maxWaiting = 5_000 } = options;
  const memory = createMemoryResponseStore();
  let waiting: Waiting = { changes: new Map(), aliases: new Map() };
  const onTheWay: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let untrimmed = 0;
  let untrimmedSize = 0;
  let isFailing = false;
  let retryMs = firstRetryMs;
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
    if (!waiting.changes.has(id)) waiting.changes.set(id, { isNew: false, savedItems });
    tellWaiting();
  }

  function tellWaiting(): void {
    dropOldest();
    // After a fault the clock says when to try again.
    if (timer === undefined && !isClosed) onWaiting();
  }

  function take(isLast = false): SavedChanges | null {
    const isIdle = waiting.changes.size === 0 && waiting.aliases.size === 0;
    if (isIdle || onTheWay.length >= MAX_ON_THE_WAY || (timer !== undefined && !isLast)) return null;
    const taken = waiting;
    onTheWay.push(taken);
    waiting = { changes: new Map(), aliases: new Map() };
    const responses = [...taken.changes].flatMap(([id, { isNew, savedItems }]) => {
      const entry = memory.entry(id);
      return entry ? { response: entry.response, isNew, newItems: entry.items.slice(savedItems) } : [];
    });
    return { responses, aliases: [...taken.aliases] };
  }

  function settle(error: Error | null): void {
    const settled = onTheWay.shift();
    if (!settled) return;
    if (error) {
      fail(error);
      putBack(settled);
      retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = undefined;
        tellWaiting();
      }, retryMs).unref();
      return;
    }
    for (const foreignId of settled.aliases.keys()) if (!isNewer(foreignId)) memory.removeAlias(foreignId);
    retryMs = firstRetryMs;
    trimSometimes(settled);
    if (isFailing) onTrouble(null);
    isFailing = false;
    if (waiting.changes.size > 0 || waiting.aliases.size > 0) tellWaiting();
  }

  /** Whether that alias was set again since. */
  function isNewer(foreignId: string): boolean {
    return waiting.aliases.has(foreignId) || onTheWay.some(({ aliases }) => aliases.has(foreignId));
  }

  /** Written anew as a whole: a batch behind this one may reach the disk before it. */
  function putBack(failed: Waiting): void {
    for (const foreignId of [...failed.aliases.keys()]) if (isNewer(foreignId)) failed.aliases.delete(foreignId);
    for (const id of failed.changes.keys()) failed.changes.set(id, { isNew: true, savedItems: 0 });
    for (const [id, change] of waiting.changes) if (!failed.changes.has(id)) failed.changes.set(id, change);
    for (const [foreignId, responseId] of waiting.aliases) failed.aliases.set(foreignId, responseId);
    waiting = failed;
    dropOldest();
    trim();
  }

  /** Without a disk that takes them they would be ever more. */
  function dropOldest(): void {
    for (const id of waiting.changes.keys()) {
      if (waiting.changes.size <= maxWaiting) break;
      waiting.changes.delete(id);
    }
  }

  /** Looking at all that is in memory is too much for every batch. */
  function trimSometimes({ changes }: Waiting): void {
    for (const id of changes.keys()) {
      const entry = memory.entry(id);
      untrimmed += 1;
      untrimmedSize += entry ? sizeOf(entry) : 0;
    }
    if (untrimmed >= maxClean / 2 || untrimmedSize >= maxCleanSize / 2) trim();
  }

  /** The oldest go first, but never what still waits for the disk. */
  function trim(): void {
    untrimmed = 0;
    untrimmedSize = 0;
    let left = maxClean;
    let room = maxCleanSize;
    for (const id of [...memory.ids()].toReversed()) {
      if (waiting.changes.has(id) || onTheWay.some(({ changes }) => changes.has(id))) continue;
      const entry = memory.entry(id);
      room -= entry ? sizeOf(entry) : 0;
      if (left > 0 && room > 0) left -= 1;
      else memory.remove(id);
    }
  }

  return {
    begin(response, input) {
      memory.begin(response, input);
      waiting.changes.set(response.id, { isNew: true, savedItems: 0 });
      tellWaiting();
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
      waiting.aliases.set(foreignId, responseId);
      tellWaiting();
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
    take,
    settle,
    forgetSession(sessionId) {
      for (const id of [...memory.ids()]) {
        if (memory.entry(id)?.response.session_id !== sessionId) continue;
        memory.remove(id);
        waiting.changes.delete(id);
        for (const { changes } of onTheWay) changes.delete(id);
      }
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function sizeOf({ response, items }: MemoryEntry): number {
  return items.reduce((size, { item }) => size + item.length, response.request.length + (response.response?.length ?? 0));
}
