/** openai-node 5, 6 and 7 doing the two-step tool loop, with `responses.stream()` and with `create`. */
import OpenAI7 from 'openai';
import OpenAI5 from 'openai5';
import OpenAI6 from 'openai6';

export interface LoopResult {
  text: string;
  calls: { name: string; arguments: string }[];
  responseIds: string[];
}

export interface LoopOptions {
  baseURL: string;
  model: string;
  prompt: string;
  store?: boolean;
  /** How the second request refers to the first answer. */
  history: 'resend' | 'previous_response_id';
}

type AnyItem = { type: string; call_id?: string; name?: string; arguments?: string; content?: { text?: string }[] };
interface AnyResponse {
  id: string;
  output: AnyItem[];
}
interface AnyClient {
  responses: {
    stream(body: unknown): { finalResponse(): Promise<AnyResponse> };
    create(body: unknown): Promise<AnyResponse>;
  };
}

/** The versions' types differ in what is of no interest here. */
const clients: Record<string, new (options: unknown) => AnyClient> = {
  'openai-node 5': OpenAI5 as never,
  'openai-node 6': OpenAI6 as never,
  'openai-node 7': OpenAI7 as never,
};
export const openaiNames = Object.keys(clients);

export const weatherTool = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  strict: true,
};

export async function runOpenAILoop(name: string, options: LoopOptions & { streaming: boolean }): Promise<LoopResult> {
  const Client = clients[name];
  if (!Client) throw new Error(`no client is called ${name}`);
  const client = new Client({ baseURL: options.baseURL, apiKey: 'test-key', maxRetries: 0 });
  const ask = (body: object) => (options.streaming ? client.responses.stream(body).finalResponse() : client.responses.create(body));
  const result: LoopResult = { text: '', calls: [], responseIds: [] };
  let input: unknown[] = [{ role: 'user', content: options.prompt }];
  let previous: string | undefined;
  for (let step = 0; step < 4; step++) {
    const response = await ask({
      model: options.model,
      input,
      tools: [weatherTool],
      ...(options.store === undefined ? {} : { store: options.store }),
      ...(previous === undefined ? {} : { previous_response_id: previous }),
    });
    result.responseIds.push(response.id);
    const calls = response.output.filter(({ type }) => type === 'function_call');
    result.calls.push(...calls.map((call) => ({ name: call.name ?? '', arguments: call.arguments ?? '' })));
    // Not output_text: openai-node 5 does not compute it in streams.
    result.text = response.output.flatMap(({ content }) => (content ?? []).map(({ text }) => text ?? '')).join('');
    if (calls.length === 0) return result;
    const outputs = calls.map((call) => ({
      type: 'function_call_output',
      call_id: call.call_id,
      output: JSON.stringify({ temp_c: 21, sky: 'sunny' }),
    }));
    if (options.history === 'previous_response_id') {
      previous = response.id;
      input = outputs;
    } else input = [...input, ...response.output, ...outputs];
  }
  return result;
}
