/** The response store without a disk: for tests, and for the time in which the disk takes nothing. */
import type { ResponseStore, StoredItem, StoredResponse } from './response-store.ts';

export interface MemoryResponseStore extends ResponseStore {
  has(id: string): boolean;
  /** Everything, oldest first. */
  entries(): { response: StoredResponse; items: StoredItem[] }[];
  aliases(): [foreignId: string, responseId: string][];
  /** Forgets the oldest responses beyond this many. */
  trim(maxResponses: number): void;
  clear(): void;
}

export function createMemoryResponseStore(): MemoryResponseStore {
  const responses = new Map<string, StoredResponse>();
  const items = new Map<string, StoredItem[]>();
  const aliases = new Map<string, string>();

  function find(matches: (item: StoredItem) => boolean): StoredItem | undefined {
    // Newest response first: ids of foreign upstreams may come twice.
    for (const list of [...items.values()].toReversed()) {
      const found = list.findLast(matches);
      if (found) return found;
    }
    return undefined;
  }

  return {
    begin(response, input) {
      items.delete(response.id);
      responses.delete(response.id);
      responses.set(response.id, structuredClone(response));
      items.set(response.id, structuredClone(input));
    },
    addOutputItem(item) {
      items.get(item.responseId)?.push(structuredClone(item));
    },
    finish(id, patch) {
      const response = responses.get(id);
      if (response) responses.set(id, { ...response, ...structuredClone(patch) });
    },
    addAlias(foreignId, responseId) {
      aliases.set(foreignId, responseId);
    },
    getResponse: (id) => structuredClone(responses.get(id)),
    resolveAlias: (foreignId) => aliases.get(foreignId),
    getItems: (responseId) => structuredClone(inOrder(items.get(responseId) ?? [])),
    getItem(id, options) {
      const isVisible = (item: StoredItem) => options?.includeInvisible === true || responses.get(item.responseId)?.isApiVisible === true;
      return structuredClone(find((item) => item.id === id && isVisible(item)));
    },
    getCall(callId, sessionId) {
      const isIt = (item: StoredItem) => item.direction === 'output' && isCall(item) && item.item['call_id'] === callId;
      const isOwn = (item: StoredItem) => responses.get(item.responseId)?.sessionId === sessionId;
      return structuredClone(find((item) => isIt(item) && isOwn(item)) ?? find(isIt));
    },
    hideResponse(id) {
      const response = responses.get(id);
      if (!response?.isApiVisible) return false;
      response.isApiVisible = false;
      return true;
    },
    has: (id) => responses.has(id),
    entries: () => [...responses.values()].map((response) => ({ response, items: items.get(response.id) ?? [] })),
    aliases: () => [...aliases],
    trim(maxResponses) {
      for (const id of responses.keys()) {
        if (responses.size <= maxResponses) return;
        responses.delete(id);
        items.delete(id);
      }
    },
    clear() {
      responses.clear();
      items.clear();
      aliases.clear();
    },
  };
}

/** Input before output, each by position. */
function inOrder(list: StoredItem[]): StoredItem[] {
  return list.toSorted((left, right) => left.direction.localeCompare(right.direction) || left.position - right.position);
}

export function isCall(item: Pick<StoredItem, 'item'>): boolean {
  return item.item.type === 'function_call' || item.item.type === 'custom_tool_call';
}
