/**
 * The real AI SDKs 5, 6 and 7 behind one face: a streamed conversation with tools, and what the
 * application would have got from it. Given a baseURL they talk HTTP; given a fetch they read its answer.
 */
import { createOpenResponses as createOpenResponses2 } from '@ai-sdk/open-responses';
import { createOpenAI as createOpenAI4 } from '@ai-sdk/openai';
import * as ai7 from 'ai';
import { createOpenResponses as createOpenResponses1 } from 'ai-sdk-open-responses1';
import { createOpenAI as createOpenAI2 } from 'ai-sdk-openai2';
import { createOpenAI as createOpenAI3 } from 'ai-sdk-openai3';
import * as ai5 from 'ai5';
import * as ai6 from 'ai6';

export interface SdkRun {
  baseURL?: string;
  fetch?: typeof fetch;
  model?: string;
  prompt?: string;
  /** Undefined leaves the SDK's default. */
  store?: boolean;
  /** By tool name: what the tool answers. Without tools a call ends the conversation. */
  tools?: Record<string, (input: unknown) => unknown>;
  maxSteps?: number;
}

export interface SdkResult {
  /** Of all steps, in order. */
  texts: string[];
  reasoning: string[];
  calls: { id: string; name: string; input: unknown }[];
  finishReason: string;
  errors: string[];
}

interface Generic {
  streamText(options: unknown): { fullStream: AsyncIterable<Record<string, unknown>> };
  tool(definition: unknown): unknown;
  jsonSchema(schema: unknown): unknown;
  stepCountIs?(count: number): unknown;
  isStepCount?(count: number): unknown;
}

/** The SDKs' types differ in what is of no interest here; what is used is the same in all three. */
const sdks: Record<string, { ai: Generic; create: (options: unknown) => { responses(model: string): unknown } }> = {
  'AI SDK 5': { ai: ai5 as unknown as Generic, create: createOpenAI2 as never },
  'AI SDK 6': { ai: ai6 as unknown as Generic, create: createOpenAI3 as never },
  'AI SDK 7': { ai: ai7 as unknown as Generic, create: createOpenAI4 as never },
};
export const sdkNames = Object.keys(sdks);

const openResponsesSdks: typeof sdks = {
  'open-responses 1': { ai: ai6 as unknown as Generic, create: (options) => toResponses(createOpenResponses1, options as never) },
  'open-responses 2': { ai: ai7 as unknown as Generic, create: (options) => toResponses(createOpenResponses2, options as never) },
};
/** The AI SDK's provider for Open Responses; it has no `store` of its own. */
export const openResponsesNames = Object.keys(openResponsesSdks);

function toResponses(create: unknown, { baseURL, ...options }: { baseURL: string }): { responses(model: string): unknown } {
  const provider = (create as (options: object) => (model: string) => unknown)({ name: 'openai', url: `${baseURL}/responses`, ...options });
  return { responses: provider };
}

export async function runSdk(name: string, options: SdkRun): Promise<SdkResult> {
  const sdk = sdks[name] ?? openResponsesSdks[name];
  if (!sdk) throw new Error(`no SDK is called ${name}`);
  const { ai } = sdk;
  const openai = sdk.create({
    baseURL: options.baseURL ?? 'http://127.0.0.1:9/v1',
    apiKey: 'test-key',
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
  const stopAt = ai.stepCountIs ?? ai.isStepCount;
  const tools = Object.fromEntries(
    Object.entries(options.tools ?? {}).map(([tool, execute]) => [
      tool,
      ai.tool({
        description: tool,
        inputSchema: ai.jsonSchema({
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
          additionalProperties: false,
        }),
        execute: async (input: unknown) => execute(input),
      }),
    ]),
  );
  const stream = ai.streamText({
    model: openai.responses(options.model ?? 'demo-claude'),
    prompt: options.prompt ?? 'What is the weather in Paris?',
    ...(options.tools ? { tools } : {}),
    ...(stopAt ? { stopWhen: stopAt(options.maxSteps ?? 4) } : {}),
    maxRetries: 0,
    onError: () => undefined,
    ...(options.store === undefined ? {} : { providerOptions: { openai: { store: options.store } } }),
  });
  const result: SdkResult = { texts: [], reasoning: [], calls: [], finishReason: '', errors: [] };
  for await (const part of stream.fullStream) collect(part, result);
  return result;
}

function collect(part: Record<string, unknown>, result: SdkResult): void {
  const delta = typeof part['text'] === 'string' ? part['text'] : typeof part['delta'] === 'string' ? part['delta'] : '';
  switch (part['type']) {
    case 'text-start':
      result.texts.push('');
      break;
    case 'text-delta':
      result.texts[result.texts.length - 1] += delta;
      break;
    case 'reasoning-start':
      result.reasoning.push('');
      break;
    case 'reasoning-delta':
      result.reasoning[result.reasoning.length - 1] += delta;
      break;
    case 'tool-call':
      result.calls.push({ id: String(part['toolCallId']), name: String(part['toolName']), input: part['input'] });
      break;
    case 'finish':
      result.finishReason = String(part['finishReason']);
      break;
    case 'error':
      result.errors.push(part['error'] instanceof Error ? part['error'].message : JSON.stringify(part['error']));
      break;
    default:
  }
}
