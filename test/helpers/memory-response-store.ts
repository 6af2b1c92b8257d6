/** The response store in memory, for tests that need a store but not its file. */
import type { ResponseStore, StoredItem, StoredResponse } from '../../proxy-core/sessions/response-store.ts';

export function createMemoryResponseStore(known: readonly StoredItem[] = []): ResponseStore {
  const responses = new Map<string, StoredResponse>();
  const aliases = new Map<string, string>();
  const items: StoredItem[] = [...known];
  const isVisible = ({ responseId }: StoredItem): boolean => responses.get(responseId)?.isApiVisible ?? true;
  return {
    begin(response, input) {
      responses.set(response.id, response);
      items.push(...input);
    },
    addOutputItem: (item) => void items.push(item),
    finish(id, patch) {
      const response = responses.get(id);
      if (response) responses.set(id, { ...response, ...patch });
    },
    addAlias: (foreignId, responseId) => void aliases.set(foreignId, responseId),
    getResponse: (id) => responses.get(id),
    resolveAlias: (foreignId) => aliases.get(foreignId),
    getItems: (responseId) => items.filter((item) => item.responseId === responseId),
    getItem: (id, options) => items.findLast((item) => item.id === id && (options?.includeInvisible === true || isVisible(item))),
    getCall: (callId) =>
      items.findLast(({ item, direction }) => direction === 'output' && item['call_id'] === callId && item.type.endsWith('_call')),
    hideResponse(id) {
      const response = responses.get(id);
      if (!response?.isApiVisible) return false;
      responses.set(id, { ...response, isApiVisible: false });
      return true;
    },
  };
}
