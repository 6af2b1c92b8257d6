/** Requests for the tests of this folder, in the form that the exchange hands over. */
import { asArray, asObject, isObject, type JsonObject } from '../../protocol/json.ts';
import type { BridgeRequest, BuildContext, ConversationItem, ToolDefinition, UpstreamConfig } from '../upstream.ts';
import { buildAnthropicRequest } from './request.ts';

export const user = (content: unknown): JsonObject & { type: string } => ({ type: 'message', role: 'user', content });
export const assistant = (text: string): JsonObject & { type: string } => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
});
export const call = (callId: string, args = '{}', name = 'get_weather'): JsonObject & { type: string } => ({
  type: 'function_call',
  call_id: callId,
  name,
  arguments: args,
});
export const output = (callId: string, value: unknown = 'sunny'): JsonObject & { type: string } => ({
  type: 'function_call_output',
  call_id: callId,
  output: value,
});

export const weather: ToolDefinition = {
  upstreamName: 'get_weather',
  route: { type: 'function', name: 'get_weather' },
  description: 'Weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: null,
  source: {},
};

export interface Situation {
  model?: string;
  body?: JsonObject;
  items?: ((JsonObject & { type: string }) | ConversationItem)[];
  tools?: ToolDefinition[];
  toolChoice?: BridgeRequest['toolChoice'];
  headers?: Record<string, string>;
  capabilities?: BuildContext['capabilities'];
}

export function build(
  situation: Situation,
): { body: JsonObject; messages: JsonObject[]; codes: string[] } & ReturnType<typeof buildAnthropicRequest> {
  const { model = 'claude-sonnet-4-5', body = {}, items = [user('Hi')], tools = [], toolChoice = { type: 'auto' } } = situation;
  const request: BridgeRequest = { model, body: { model, ...body }, items: items.map(toEntry), tools, toolChoice };
  const config: UpstreamConfig = { name: 'anthropic', kind: 'anthropic', baseURL: 'http://127.0.0.1:1', headers: situation.headers ?? {} };
  const built = buildAnthropicRequest(request, { config, capabilities: situation.capabilities, createId: (prefix) => `${prefix}_1` });
  return { ...built, messages: built.body.messages as JsonObject[], codes: built.warnings.map((warning) => warning.code) };
}

/** The content blocks of one message. */
export function blocksOf(messages: JsonObject[], index: number): JsonObject[] {
  return asArray(messages[index]?.content).map(asObject);
}

/** The messages as `role: type type …`. */
export function outline(messages: JsonObject[]): string[] {
  return messages.map(({ role, content }) => `${String(role)}: ${(content as JsonObject[]).map((block) => block.type).join(' ')}`);
}

function toEntry(item: (JsonObject & { type: string }) | ConversationItem): ConversationItem {
  return 'source' in item && isObject(item.item)
    ? (item as ConversationItem)
    : { item: item as JsonObject & { type: string }, source: 'input' };
}
