/** OpenAI Agents JS with a Responses model: the whole agent loop, streamed. */
import { emptyRun, type ClientRun } from '../../protocol/client-models/client-run.ts';
import { asArray, asObject, asString, isObject, parseJson, type JsonObject } from '../../protocol/json.ts';
import { toErrorMessage } from '../error-message.ts';
import { loadPackage } from '../load-package.ts';
import { MAX_STEPS, MODEL, PROMPT, TOOL_RESULT, type RealClient, type Scene, type SceneTool } from '../real-client.ts';
import { createOpenAiClient } from './openai-node.ts';

interface AgentsPackage {
  Agent: new (options: JsonObject) => unknown;
  OpenAIProvider: new (options: JsonObject) => unknown;
  Runner: new (options: JsonObject) => { run(agent: unknown, input: string, options: JsonObject): Promise<StreamedResult> };
  tool(options: JsonObject): unknown;
}
interface StreamedResult extends AsyncIterable<JsonObject> {
  completed: Promise<void>;
  finalOutput: unknown;
  newItems: readonly { type: string; rawItem?: unknown }[];
}

export const agentsJs: RealClient = {
  name: 'agents-js',
  mainPackage: '@openai/agents',
  packages: ['@openai/agents', 'openai'],
  async run(scene) {
    const run: ClientRun = { ...emptyRun(), requests: scene.requests };
    try {
      await runAgent((await loadPackage('@openai/agents')) as AgentsPackage, scene, run);
    } catch (error) {
      run.errors.push(toErrorMessage(error));
    }
    return run;
  },
};

async function runAgent(agents: AgentsPackage, scene: Scene, run: ClientRun): Promise<void> {
  const openAIClient = await createOpenAiClient('openai', scene);
  const runner = new agents.Runner({
    modelProvider: new agents.OpenAIProvider({ openAIClient, useResponses: true }),
    // Traces would go to OpenAI over the network.
    tracingDisabled: true,
  });
  const tools = scene.tools.filter((tool) => tool.parameters !== null).map((tool) => toTool(tool, agents, run));
  const agent = new agents.Agent({ name: 'Recorded', instructions: 'Answer.', model: MODEL, tools });
  const result = await runner.run(agent, PROMPT, { stream: true, maxTurns: MAX_STEPS });
  for await (const event of result) {
    const data = asObject(event['data']);
    if (event['type'] === 'raw_model_stream_event' && data['type'] === 'output_text_delta') run.streamedText += String(data['delta']);
  }
  await result.completed;
  run.finalText = asString(result.finalOutput) ?? '';
  for (const item of result.newItems) {
    if (item.type === 'reasoning_item') run.reasoning += joinTexts(asObject(item.rawItem)['content']);
    const raw = asObject(item.rawItem);
    // Programs that the server runs have outputs too; ours are those of functions.
    if (raw['type'] === 'function_call_result' && scene.tools.some((tool) => tool.name === raw['name'])) checkOutput(raw['output'], run);
  }
}

const joinTexts = (parts: unknown): string =>
  asArray(parts)
    .map((part) => asString(asObject(part)['text']) ?? '')
    .join('');

/** A tool that could not be called answers with the SDK's own apology instead of ours. */
function checkOutput(output: unknown, run: ClientRun): void {
  const text = asString(output) ?? asString(asObject(output)['text']) ?? JSON.stringify(output);
  if (text !== TOOL_RESULT) run.errors.push(`tool output error: ${text}`);
}

function toTool({ name, description, parameters }: SceneTool, agents: AgentsPackage, run: ClientRun): unknown {
  return agents.tool({
    name,
    description,
    parameters,
    // Recorded schemas need not keep to the strict subset; strictness changes nothing in what is read.
    strict: false,
    execute: (input: unknown) => {
      const isObjectText = typeof input === 'string' && isObject(parseJson(input));
      run.calls.push({ name, arguments: isObjectText ? (input as string) : JSON.stringify(input) });
      return TOOL_RESULT;
    },
  });
}
