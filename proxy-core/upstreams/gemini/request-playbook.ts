/** For the tests of this folder: conversations in short words, and what becomes of them. */
import type { JsonObject } from '../../protocol/json.ts';
import type { BridgeRequest, ConversationItem, ModelCapabilities, ToolChoice, ToolDefinition } from '../upstream.ts';
import { toEnvelope } from './replay.ts';
import { buildGeminiRequest } from './request.ts';
import type { GeminiRequest } from './wire.ts';

export type Item = JsonObject & { type: string };

export const MODEL_25 = 'gemini-2.5-flash';
export const MODEL_3 = 'gemini-3-pro-preview';

export const user = (content: unknown): Item => ({ type: 'message', role: 'user', content });
export const assistant = (text: string): Item => ({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] });
export const call = (id: string, name = 'get_weather', args = '{"city":"Rome"}'): Item => ({
  type: 'function_call',
  call_id: id,
  name,
  arguments: args,
});
export const output = (id: string, text: unknown = 'sunny', more: JsonObject = {}): Item => ({
  type: 'function_call_output',
  call_id: id,
  output: text,
  ...more,
});
export const reasoning = (blocks: Parameters<typeof toEnvelope>[1], model = MODEL_3): Item => ({
  type: 'reasoning',
  id: 'rs_1',
  summary: [],
  encrypted_content: toEnvelope(model, blocks),
});

export interface BuildOptions {
  model?: string;
  body?: JsonObject;
  tools?: ToolDefinition[];
  toolChoice?: ToolChoice;
  capabilities?: ModelCapabilities;
}

export function build(items: (Item | ConversationItem)[], options: BuildOptions = {}) {
  const request: BridgeRequest = {
    model: options.model ?? MODEL_25,
    body: options.body ?? {},
    items: items.map((entry) => ('item' in entry ? (entry as ConversationItem) : { item: entry as Item, source: 'input' })),
    tools: options.tools ?? [],
    toolChoice: options.toolChoice ?? { type: 'auto' },
  };
  const built = buildGeminiRequest(request, {
    config: { name: 'g', kind: 'gemini', baseURL: 'http://127.0.0.1:1' },
    capabilities: options.capabilities,
    createId: (prefix) => `${prefix}_1`,
  });
  return { ...built, body: built.body as unknown as GeminiRequest, codes: built.warnings.map(({ code }) => code) };
}

export function withReplay(item: Item, data: unknown, model = MODEL_3): ConversationItem {
  return { item, source: 'chain', replay: { kind: 'gemini', model, data } };
}

export function tool(name: string, more: Partial<ToolDefinition> = {}): ToolDefinition {
  const parameters = { type: 'object', properties: { city: { type: 'string' } } };
  return {
    upstreamName: name,
    route: { type: 'function', name },
    description: `Tool ${name}`,
    parameters,
    strict: null,
    source: {},
    ...more,
  };
}

export const textOf = (request: GeminiRequest) =>
  request.contents.map(({ role, parts }) => `${role}: ${parts.map(({ text }) => text).join(' | ')}`);
