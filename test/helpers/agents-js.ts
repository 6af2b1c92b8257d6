/** OpenAI Agents JS doing the two-step tool loop. */
import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import OpenAI from 'openai';

export interface AgentRun {
  baseURL: string;
  model: string;
  prompt: string;
  /** Undefined leaves the SDK's default. */
  store?: boolean;
  tools: Record<string, (input: unknown) => unknown>;
}

/** @returns the agent's last words and the calls it made. Throws what the SDK throws. */
export async function runAgent(options: AgentRun): Promise<{ text: string; calls: { name: string; input: unknown }[] }> {
  const openAIClient = new OpenAI({ baseURL: options.baseURL, apiKey: 'test-key', maxRetries: 0 });
  const runner = new Runner({
    modelProvider: new OpenAIProvider({ openAIClient: openAIClient as never, useResponses: true }),
    // Traces would go to OpenAI over the network.
    tracingDisabled: true,
  });
  const calls: { name: string; input: unknown }[] = [];
  const tools = Object.entries(options.tools).map(([name, execute]) =>
    tool({
      name,
      description: name,
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
      strict: true,
      execute: async (input: unknown) => {
        calls.push({ name, input });
        return JSON.stringify(execute(input));
      },
    }),
  );
  const modelSettings = options.store === undefined ? {} : { store: options.store };
  const agent = new Agent({ name: 'Tester', instructions: 'Answer.', model: options.model, tools, modelSettings });
  const result = await runner.run(agent, options.prompt, { stream: true, maxTurns: 4 });
  await result.completed;
  if (result.error) throw result.error;
  return { text: String(result.finalOutput ?? ''), calls };
}
