/**
 * The AI SDK's streamText, the same for all its versions and providers: the full stream is read, as an
 * application would, and `await result.text` afterwards. Tools are checked against their JSON schema.
 */
import { emptyRun, type ClientRun } from '../../protocol/client-models/client-run.ts';
import { isObject, type JsonObject } from '../../protocol/json.ts';
import { toErrorMessage } from '../error-message.ts';
import { loadPackage } from '../load-package.ts';
import { MAX_STEPS, PROMPT, TOOL_RESULT, type RealClient, type Scene, type SceneTool } from '../real-client.ts';

/** What is used of `ai`; 5, 6 and 7 agree on it but for the name of the step limit. */
interface AiPackage {
  streamText(options: JsonObject): { fullStream: AsyncIterable<JsonObject>; text: PromiseLike<string> };
  jsonSchema(schema: JsonObject, options: { validate(value: unknown): unknown }): unknown;
  stepCountIs?: (count: number) => unknown;
  isStepCount?: (count: number) => unknown;
}

interface ZodPackage {
  fromJSONSchema(schema: JsonObject): { safeParse(value: unknown): { success: boolean; data?: unknown; error?: unknown } };
}

export interface AiSdkProvider {
  model: unknown;
  /** Makes a free-text tool; absent where the provider has none. */
  customTool?: (options: JsonObject) => unknown;
  /** Tools that the server runs, by the name that the SDK shows their calls under. */
  hostedTools?: { [name: string]: unknown };
}

export interface AiSdkOptions {
  name: string;
  ai: string;
  provider: string;
  connect(provider: unknown, scene: Scene): AiSdkProvider;
}

export function defineAiSdkClient({ name, ai, provider, connect }: AiSdkOptions): RealClient {
  return {
    name,
    mainPackage: ai,
    packages: [ai, provider, 'zod'],
    async run(scene) {
      const sdk = (await loadPackage(ai)) as AiPackage;
      const zod = (await loadPackage('zod')) as ZodPackage;
      const connected = connect(await loadPackage(provider), scene);
      return streamAnswer({ sdk, zod, provider: connected }, scene);
    },
  };
}

interface Kit {
  sdk: AiPackage;
  zod: ZodPackage;
  provider: AiSdkProvider;
}

async function streamAnswer(kit: Kit, scene: Scene): Promise<ClientRun> {
  const { sdk, provider } = kit;
  const run: ClientRun = { ...emptyRun(), requests: scene.requests };
  const result = sdk.streamText({
    model: provider.model,
    prompt: PROMPT,
    tools: { ...provider.hostedTools, ...Object.fromEntries(scene.tools.flatMap((tool) => toTool(tool, kit, run))) },
    stopWhen: (sdk.isStepCount ?? sdk.stepCountIs)?.(MAX_STEPS),
    maxRetries: 0,
    // The default prints to the console; the error part of the stream says the same.
    onError: () => undefined,
  });
  try {
    for await (const part of result.fullStream) readPart(part, run);
    run.finalText = await result.text;
  } catch (error) {
    run.errors.push(toErrorMessage(error));
  }
  return run;
}

function readPart(part: JsonObject, run: ClientRun): void {
  switch (part['type']) {
    case 'text-delta':
      run.streamedText += String(part['text']);
      return;
    case 'reasoning-delta':
      run.reasoning += String(part['text']);
      return;
    case 'error':
      run.errors.push(toErrorMessage(part['error']));
      return;
    case 'tool-call':
      if (part['invalid'] === true) run.errors.push(`invalid tool-call: ${toErrorMessage(part['error'])}`);
      return;
    case 'tool-error':
      run.errors.push(`tool-error: ${toErrorMessage(part['error'])}`);
      return;
    default: // starts, ends and steps carry no content of their own
  }
}

function toTool(tool: SceneTool, { sdk, zod, provider }: Kit, run: ClientRun): [string, unknown][] {
  const execute = (input: unknown): string => {
    run.calls.push({ name: tool.name, arguments: typeof input === 'string' ? input : JSON.stringify(input) });
    return TOOL_RESULT;
  };
  const { name, description, parameters } = tool;
  if (parameters === null) {
    return provider.customTool ? [[name, { ...(provider.customTool({ name, description }) as object), execute }]] : [];
  }
  return [[name, { description, inputSchema: sdk.jsonSchema(parameters, { validate: createValidator(parameters, zod) }), execute }]];
}

/** Schemas come from recordings; one that zod can't read lets every object through. */
function createValidator(parameters: JsonObject, zod: ZodPackage): (value: unknown) => unknown {
  try {
    const schema = zod.fromJSONSchema(parameters);
    return (value) => {
      const parsed = schema.safeParse(value);
      return parsed.success ? { success: true, value } : { success: false, error: parsed.error };
    };
  } catch {
    // An exotic schema is no fault of the stream.
    return (value) => ({ success: isObject(value), value, error: new TypeError('not an object') });
  }
}
