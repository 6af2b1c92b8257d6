/**
 * What the openai-node clients share: the SDK pointed at the recorded bytes, and the loop that an
 * application writes around it: run the calls, send the outputs, ask again.
 */
import { emptyRun, type ClientRun } from '../../protocol/client-models/client-run.ts';
import { asString, parseJson, type JsonObject } from '../../protocol/json.ts';
import { toErrorMessage } from '../error-message.ts';
import { loadPackage } from '../load-package.ts';
import { BASE_URL, MAX_STEPS, MODEL, PROMPT, TOOL_RESULT, type RealClient, type Scene } from '../real-client.ts';

/** What is used of `openai`; 5, 6 and 7 agree on it. */
export interface OpenAiClient {
  responses: {
    create(body: JsonObject): Promise<AsyncIterable<JsonObject>>;
    stream(body: JsonObject): ResponseStream;
  };
}
export interface ResponseStream {
  on(event: string, listener: (event: JsonObject) => void): unknown;
  finalResponse(): Promise<JsonObject>;
}

/** One answer, as the application sees it. */
export interface StepResult {
  text: string;
  reasoning: string;
  /** Function calls and custom tool calls. */
  calls: JsonObject[];
  /** What goes back into the input of the next request, before the outputs. */
  items: unknown[];
}

export type ReadStep = (client: OpenAiClient, body: JsonObject, run: ClientRun) => Promise<StepResult>;

export function defineOpenAiNodeClient(name: string, packageName: string, readStep: ReadStep): RealClient {
  return {
    name,
    mainPackage: packageName,
    packages: [packageName],
    async run(scene) {
      const run: ClientRun = { ...emptyRun(), requests: scene.requests };
      try {
        await talk(await createOpenAiClient(packageName, scene), scene, readStep, run);
      } catch (error) {
        run.errors.push(toErrorMessage(error));
      }
      return run;
    },
  };
}

export async function createOpenAiClient(packageName: string, scene: Scene): Promise<OpenAiClient> {
  const { default: OpenAI } = (await loadPackage(packageName)) as { default: new (options: JsonObject) => OpenAiClient };
  return new OpenAI({ apiKey: 'none', baseURL: BASE_URL, fetch: scene.fetch, maxRetries: 0 });
}

async function talk(client: OpenAiClient, scene: Scene, readStep: ReadStep, run: ClientRun): Promise<void> {
  const input: unknown[] = [{ role: 'user', content: PROMPT }];
  const tools = scene.tools.map(({ name, description, parameters, isStrict }) =>
    parameters === null ? { type: 'custom', name, description } : { type: 'function', name, description, parameters, strict: isStrict },
  );
  for (let step = 0; step < MAX_STEPS; step++) {
    const { text, reasoning, calls, items } = await readStep(client, { model: MODEL, input: [...input], tools }, run);
    run.finalText = text;
    run.reasoning += reasoning;
    if (calls.length === 0) return;
    input.push(...items, ...calls.map((call) => answerCall(call, run)));
  }
  run.errors.push(`user code: more than ${MAX_STEPS} requests`);
}

function answerCall(call: JsonObject, run: ClientRun): JsonObject {
  const isCustom = call['type'] === 'custom_tool_call';
  const text = asString(call[isCustom ? 'input' : 'arguments']) ?? '';
  if (!isCustom && parseJson(text) === undefined) run.errors.push(`user code: JSON.parse(arguments) failed on ${text}`);
  run.calls.push({ name: asString(call['name']) ?? '', arguments: text });
  return { type: isCustom ? 'custom_tool_call_output' : 'function_call_output', call_id: call['call_id'], output: TOOL_RESULT };
}
