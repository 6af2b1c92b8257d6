/** The two sides of a tool call, and how a stored item joins a conversation. */
import type { StoredItem } from '../sessions/response-store.ts';
import type { ConversationItem } from '../upstreams/upstream.ts';

export function toConversationItem(stored: StoredItem, source: ConversationItem['source']): ConversationItem {
  const item = { ...stored.item, id: stored.id };
  return stored.replay === undefined ? { item, source } : { item, source, replay: stored.replay };
}

export function isCall(type: string): boolean {
  return type === 'function_call' || type === 'custom_tool_call';
}

export function isCallOutput(type: string): boolean {
  return type === 'function_call_output' || type === 'custom_tool_call_output';
}
