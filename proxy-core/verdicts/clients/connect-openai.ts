/** The AI SDK's @ai-sdk/openai and @ai-sdk/open-responses providers, pointed at the recorded bytes. */
import { asString, type JsonObject } from '../../protocol/json.ts';
import { BASE_URL, MODEL, type Scene } from '../real-client.ts';
import type { AiSdkProvider } from './ai-sdk.ts';

interface OpenAiProvider {
  responses: (model: string) => unknown;
  tools?: { [name: string]: ((options: JsonObject) => unknown) | undefined };
}

export function connectOpenAi(exports: unknown, scene: Scene): AiSdkProvider {
  const { createOpenAI } = exports as { createOpenAI: (settings: JsonObject) => OpenAiProvider };
  const provider = createOpenAI({ apiKey: 'none', baseURL: BASE_URL, fetch: scene.fetch });
  const customTool = provider.tools?.['customTool'];
  const hostedTools = Object.fromEntries(scene.hostedTools.flatMap((tool) => toHostedTool(tool, provider)));
  return { model: provider.responses(MODEL), hostedTools, ...(customTool ? { customTool } : {}) };
}

/** What the factories insist on; everything else has a default. */
function toHostedTool(tool: JsonObject, provider: OpenAiProvider): [string, unknown][] {
  const type = asString(tool['type']) ?? '';
  const create = provider.tools?.[type.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())];
  if (!create) return [];
  if (type === 'file_search') return [[type, create({ vectorStoreIds: ['recorded'] })]];
  if (type === 'mcp') return [[type, create({ serverLabel: asString(tool['server_label']) ?? 'recorded', serverUrl: BASE_URL })]];
  return [[type, create({})]];
}

export function connectOpenResponses(exports: unknown, scene: Scene): AiSdkProvider {
  const { createOpenResponses } = exports as { createOpenResponses: (settings: JsonObject) => (model: string) => unknown };
  return { model: createOpenResponses({ name: 'recorded', url: `${BASE_URL}/responses`, apiKey: 'none', fetch: scene.fetch })(MODEL) };
}
