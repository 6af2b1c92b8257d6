/**
 * What is asked of a real LiteLLM in the middle: conversations over three kinds of provider, each turn with
 * what its provider plays. What must hold of every turn is in ./check-turn.ts.
 */
import type { JsonObject } from '../../proxy-core/protocol/json.ts';
import type { FakeKind } from '../helpers/fake-upstream.ts';
import type { ScenarioName } from '../helpers/fake-scenarios.ts';

export interface Turn {
  /** The provider's part. */
  plays: ScenarioName;
  /** The last words of the user; absent: the turn answers the calls of the one before. */
  says?: string;
}

export interface Conversation {
  name: string;
  turns: Turn[];
  extra?: JsonObject;
}

const TOOLS = ['get_weather', 'get_time'].map((name) => ({
  type: 'function',
  name,
  description: `Calls ${name}`,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  strict: false,
}));

export const conversations: readonly Conversation[] = [
  { name: 'text', turns: [{ plays: 'text', says: 'Say hello, please.' }] },
  {
    name: 'tool loop',
    turns: [{ plays: 'tool', says: 'What is the weather in Paris?' }, { plays: 'text' }],
    extra: { tools: TOOLS },
  },
  {
    name: 'thinking',
    turns: [{ plays: 'think-text', says: 'Think, then say hello.' }],
    extra: { reasoning: { effort: 'high', summary: 'auto' }, max_output_tokens: 8192 },
  },
  {
    name: 'thinking tool loop',
    turns: [{ plays: 'think-tool', says: 'Think about the weather in Paris.' }, { plays: 'think-text' }],
    extra: { tools: TOOLS, reasoning: { effort: 'high', summary: 'auto' }, max_output_tokens: 8192 },
  },
  { name: 'cut', turns: [{ plays: 'cut', says: 'Say hello and break off.' }] },
  { name: 'token limit', turns: [{ plays: 'length', says: 'Say hello up to a limit.' }] },
];

export interface PeerProvider {
  kind: FakeKind;
  /** Name of the upstream at the bridge, and of the model at LiteLLM. */
  name: string;
  model: string;
  /** Below `/u/<name>`. */
  path: string;
}

export const providers: readonly PeerProvider[] = [
  { kind: 'anthropic', name: 'anthropic', model: 'anthropic/claude-haiku-4-5', path: '' },
  { kind: 'openai-chat', name: 'deepseek', model: 'deepseek/deepseek-chat', path: '/v1' },
  { kind: 'gemini', name: 'gemini', model: 'gemini/gemini-2.5-flash', path: '/v1beta' },
];
