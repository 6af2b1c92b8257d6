/**
 * The response store as one WebSocket connection sees it: what the connection itself made with
 * `store: false` can be continued here, though nobody else can see it.
 */
import type { ResponseStore } from './response-store.ts';

export interface ConnectionStore {
  store: ResponseStore;
  /** Ends the life of a response on this connection. */
  forget(id: string | undefined): void;
}

export function createConnectionStore(base: ResponseStore): ConnectionStore {
  const own = new Set<string>();
  const forgotten = new Set<string>();
  const store: ResponseStore = {
    begin(response, input) {
      if (!response.isApiVisible) own.add(response.id);
      base.begin(response, input);
    },
    addOutputItem: (item) => base.addOutputItem(item),
    finish: (id, patch) => base.finish(id, patch),
    addAlias: (foreignId, responseId) => base.addAlias(foreignId, responseId),
    getResponse(id) {
      if (forgotten.has(id)) return undefined;
      const response = base.getResponse(id);
      return response && own.has(id) ? { ...response, isApiVisible: true } : response;
    },
    resolveAlias: (foreignId) => base.resolveAlias(foreignId),
    getItems: (responseId) => base.getItems(responseId),
    getItem(id, options) {
      const visible = base.getItem(id, options);
      if (visible) return visible;
      const hidden = base.getItem(id, { includeInvisible: true });
      return hidden && own.has(hidden.responseId) && !forgotten.has(hidden.responseId) ? hidden : undefined;
    },
    getCall: (callId, sessionId) => base.getCall(callId, sessionId),
    hideResponse: (id) => base.hideResponse(id),
  };
  return {
    store,
    forget(id) {
      if (id !== undefined && own.delete(id)) forgotten.add(id);
    },
  };
}
