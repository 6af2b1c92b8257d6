/**
 * A response store that never throws into an exchange. What the disk does not take (full, locked,
 * read-only) is kept in memory, read from there, and written once the disk takes it again.
 */
import { createMemoryResponseStore } from './memory-response-store.ts';
import type { ResponseStore } from './response-store.ts';

const MAX_KEPT = 2_000;

/** @param onTrouble told with each fault of the disk, and with null when all has been caught up. */
export function createResilientResponseStore(disk: ResponseStore, onTrouble: (error: unknown) => void): ResponseStore {
  const kept = createMemoryResponseStore();
  let isBehind = false;

  /** Does it on disk; otherwise in memory, with what the disk knows of that response copied there first. */
  function write<Result>(responseId: string, act: (store: ResponseStore) => Result): Result {
    if (kept.has(responseId)) return act(kept);
    try {
      return act(disk);
    } catch (error) {
      isBehind = true;
      onTrouble(error);
      const response = read(() => disk.getResponse(responseId), undefined);
      if (response)
        kept.begin(
          response,
          read(() => disk.getItems(responseId), []),
        );
      kept.trim(MAX_KEPT);
      return act(kept);
    }
  }

  function read<Result>(look: () => Result, otherwise: Result): Result {
    try {
      return look();
    } catch (error) {
      onTrouble(error);
      return otherwise;
    }
  }

  /** Tried whenever a new response begins: often enough, and never in the middle of a stream. */
  function catchUp(): void {
    if (!isBehind) return;
    try {
      for (const { response, items } of kept.entries()) disk.begin(response, items);
      for (const [foreignId, responseId] of kept.aliases()) disk.addAlias(foreignId, responseId);
    } catch {
      return; // still the same fault, which was told when it began
    }
    kept.clear();
    isBehind = false;
    onTrouble(null);
  }

  return {
    begin(response, input) {
      catchUp();
      write(response.id, (store) => store.begin(response, input));
    },
    addOutputItem: (item) => write(item.responseId, (store) => store.addOutputItem(item)),
    finish: (id, patch) => write(id, (store) => store.finish(id, patch)),
    addAlias: (foreignId, responseId) => write(responseId, (store) => store.addAlias(foreignId, responseId)),
    hideResponse: (id) => write(id, (store) => store.hideResponse(id)),
    getResponse: (id) => kept.getResponse(id) ?? read(() => disk.getResponse(id), undefined),
    resolveAlias: (foreignId) => kept.resolveAlias(foreignId) ?? read(() => disk.resolveAlias(foreignId), undefined),
    getItems: (id) => (kept.has(id) ? kept.getItems(id) : read(() => disk.getItems(id), [])),
    getItem(id, options) {
      const found = kept.getItem(id, options) ?? read(() => disk.getItem(id, options), undefined);
      // The copy in memory is newer: it may have been hidden there.
      const isStale = found !== undefined && kept.has(found.responseId) && !kept.getItem(id, options);
      return isStale ? undefined : found;
    },
    getCall: (callId, sessionId) => kept.getCall(callId, sessionId) ?? read(() => disk.getCall(callId, sessionId), undefined),
  };
}
