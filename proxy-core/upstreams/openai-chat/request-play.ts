/** For tests of chat requests: items in one word each, and the body that becomes of them. */
import type { JsonObject } from '../../protocol/json.ts';
import type { BridgeRequest, BuiltRequest, ConversationItem, ToolDefinition } from '../upstream.ts';
import { buildChatRequest } from './request.ts';
import type { ChatBody, ChatMessage } from './wire.ts';

export type Item = JsonObject & { type: string };
export const message = (role: string, content: unknown): Item => ({ type: 'message', role, content });
export const user = (content: unknown): Item => message('user', content);
export const assistant = (text: string): Item => message('assistant', [{ type: 'output_text', text }]);
export const call = (id: string, args = '{}', name = 'weather'): Item => ({ type: 'function_call', call_id: id, name, arguments: args });
export const output = (id: string, value: unknown = `result of ${id}`): Item => ({
  type: 'function_call_output',
  call_id: id,
  output: value,
});
export const tool = (name: string, more: Partial<ToolDefinition> = {}): ToolDefinition => ({
  upstreamName: name,
  route: { type: 'function', name },
  description: null,
  parameters: { type: 'object', properties: {} },
  strict: null,
  source: {},
  ...more,
});

export interface Asked extends Partial<Omit<BridgeRequest, 'items'>> {
  items?: (Item | ConversationItem)[];
  profile?: string;
  baseURL?: string;
}

export function build({ items = [user('hi')], profile, baseURL = 'http://127.0.0.1:1/v1', ...rest }: Asked = {}): BuiltRequest & {
  chat: ChatBody;
} {
  const entries = items.map((one): ConversationItem =>
    'item' in one ? (one as ConversationItem) : { item: one as Item, source: 'input' },
  );
  const request: BridgeRequest = { model: 'm', body: {}, tools: [], toolChoice: { type: 'auto' }, ...rest, items: entries };
  const config = { name: 'chat', kind: 'openai-chat' as const, baseURL, ...(profile === undefined ? {} : { profile }) };
  const built = buildChatRequest(request, { config, capabilities: undefined, createId: (prefix) => `${prefix}_1` });
  return { ...built, chat: built.body as unknown as ChatBody };
}

export const messagesOf = (asked: Asked): ChatMessage[] => build(asked).chat.messages;
export const codesOf = (asked: Asked): string[] => build(asked).warnings.map(({ code }) => code);

/** Messages as short lines: `user: hi`, `assistant: text + call a`, `tool a: result`. */
export function outline(asked: Asked): string[] {
  return messagesOf(asked).map((one) => {
    const content = typeof one.content === 'string' ? one.content : (one.content?.map(({ type }) => type).join(', ') ?? '');
    if (one.role === 'tool') return `tool ${one.tool_call_id}: ${content}`;
    const calls = one.role === 'assistant' ? (one.tool_calls ?? []).map(({ id }) => `call ${id}`) : [];
    return `${one.role}: ${[content, ...calls].filter(Boolean).join(' + ')}`;
  });
}
