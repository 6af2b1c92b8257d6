/** The AI SDK's @ai-sdk/openai and @ai-sdk/open-responses providers, pointed at the recorded bytes. */
import type { JsonObject } from '../../protocol/json.ts';
import { BASE_URL, MODEL, type Scene } from '../real-client.ts';
import type { AiSdkProvider } from './ai-sdk.ts';

interface OpenAiProvider {
  responses: (model: string) => unknown;
  tools?: { customTool?: (options: JsonObject) => unknown };
}

export function connectOpenAi(exports: unknown, scene: Scene): AiSdkProvider {
  const { createOpenAI } = exports as { createOpenAI: (settings: JsonObject) => OpenAiProvider };
  const provider = createOpenAI({ apiKey: 'none', baseURL: BASE_URL, fetch: scene.fetch });
  const customTool = provider.tools?.customTool;
  return { model: provider.responses(MODEL), ...(customTool ? { customTool } : {}) };
}

export function connectOpenResponses(exports: unknown, scene: Scene): AiSdkProvider {
  const { createOpenResponses } = exports as { createOpenResponses: (settings: JsonObject) => (model: string) => unknown };
  return { model: createOpenResponses({ name: 'recorded', url: `${BASE_URL}/responses`, apiKey: 'none', fetch: scene.fetch })(MODEL) };
}
