/** Rows for tests of response stores. */
import type { StoredItem, StoredResponse } from './response-store.ts';

export function storedResponse(id: string, patch: Partial<StoredResponse> = {}): StoredResponse {
  return {
    id,
    sessionId: 'sess_1',
    stepId: 'step_1',
    previousResponseId: null,
    upstream: 'anthropic',
    upstreamId: null,
    status: 'in_progress',
    isApiVisible: true,
    request: { model: 'm', input: 'hi' },
    response: null,
    createdAtUs: 1_795_000_000_000_000,
    ...patch,
  };
}

export function storedItem(id: string, responseId: string, patch: Partial<StoredItem> = {}): StoredItem {
  return { id, responseId, direction: 'output', position: 0, item: { type: 'message', id, role: 'assistant', content: [] }, ...patch };
}
