/**
 * Many clients don't send reasoning back with a call (AI SDK with previousResponseId, and all that strip
 * it), yet an upstream with signed thinking wants it before the call it led to. What the store kept of the
 * same answer is put back in its own place (mapping 1.5).
 */
import { asArray, asObject, asString, isObject, type JsonObject } from '../protocol/json.ts';
import type { ResponseStore, StoredItem } from '../sessions/response-store.ts';
import type { ConversationItem, Warning } from '../upstreams/upstream.ts';
import { isCall, toConversationItem } from './item-kinds.ts';

export function restoreReasoning(items: ConversationItem[], store: ResponseStore, warnings: Warning[]): ConversationItem[] {
  const present = new Set(items.map(({ item }) => asString(item['id'])));
  const result = [...items];
  const seen = new Set<string>();
  for (const { item } of items) {
    const callId = asString(item['call_id']);
    const call = callId && isCall(item.type) ? store.getCall(callId) : undefined;
    if (!call || seen.has(call.responseId)) continue;
    seen.add(call.responseId);
    const output = store.getItems(call.responseId).filter(({ direction }) => direction === 'output');
    for (const [index, stored] of output.entries()) {
      if (stored.item.type !== 'reasoning' || present.has(stored.id)) continue;
      const at = findNext(result, output.slice(index + 1));
      // Another reasoning item there with the same ciphertext is this one, resent under no or another id.
      if (at === -1 || hasCipher(result, stored)) continue;
      result.splice(at, 0, toConversationItem(stored, 'restored'));
      present.add(stored.id);
      warnings.push({
        code: 'reasoning_restored',
        message: `The client left out ${stored.id}, which led to the call ${callId}; it was put back.`,
      });
    }
  }
  return result;
}

/** Where the first of these later output items of the same answer stands in the conversation. */
function findNext(items: ConversationItem[], later: StoredItem[]): number {
  for (const stored of later) {
    if (stored.item.type === 'reasoning') continue;
    const at = items.findIndex(({ item }) => item['id'] === stored.id || isSameCall(item, stored.item) || isSameText(item, stored.item));
    if (at !== -1) return at;
  }
  return -1;
}

function isSameCall(item: JsonObject & { type: string }, stored: JsonObject & { type: string }): boolean {
  return isCall(item.type) && isCall(stored.type) && item['call_id'] === stored['call_id'];
}

function isSameText(item: JsonObject & { type: string }, stored: JsonObject & { type: string }): boolean {
  return (
    item.type === 'message' &&
    stored.type === 'message' &&
    item['role'] === 'assistant' &&
    toText(item) === toText(stored) &&
    toText(item) !== ''
  );
}

function toText(item: JsonObject): string {
  if (typeof item['content'] === 'string') return item['content'];
  return asArray(item['content'])
    .filter(isObject)
    .map((part) => asString(part['text']) ?? '')
    .join('');
}

function hasCipher(items: ConversationItem[], stored: StoredItem): boolean {
  const cipher = stored.item['encrypted_content'];
  return cipher !== undefined && items.some(({ item }) => asObject(item)['encrypted_content'] === cipher);
}
