/**
 * Bodies of POST /v1/responses through the whole bridge, on a real socket, with an upstream of each kind:
 * an answer that ends, or an HTTP error in OpenAI's shape; and the bridge goes on.
 */
import { readFrames } from '../../../proxy-core/sse/frame-reader.ts';
import { asObject, asString, parseJsonObject } from '../../../proxy-core/protocol/json.ts';
import type { UpstreamConfig } from '../../../proxy-core/upstreams/upstream.ts';
import { startFakeUpstream, type FakeKind } from '../../helpers/fake-upstream.ts';
import { startProxy } from '../../helpers/start-proxy.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { mutate } from '../mutate.ts';
import { sharedFiles } from '../seed-files.ts';

const KINDS: readonly FakeKind[] = ['anthropic', 'openai-chat', 'gemini'];
const tool = {
  type: 'function',
  name: 'get_weather',
  description: 'd',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
  strict: true,
};
const SEEDS = [
  { model: 'm', input: 'Hi', stream: true },
  {
    model: 'm',
    input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }],
    instructions: 'Be brief.',
    stream: false,
    store: false,
  },
  {
    model: 'm',
    tools: [
      tool,
      { type: 'custom', name: 'shell', format: { type: 'text' } },
      { type: 'web_search' },
      { type: 'namespace', name: 'n', tools: [tool] },
    ],
    tool_choice: { type: 'function', name: 'get_weather' },
    input: [
      { type: 'message', role: 'user', content: 'Weather?' },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 't' }], encrypted_content: 'x' },
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'get_weather', arguments: '{"city":"Paris"}' },
      { type: 'function_call_output', call_id: 'call_1', output: '21' },
      { type: 'custom_tool_call', call_id: 'call_2', name: 'shell', input: 'ls' },
      { type: 'custom_tool_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'ok' }] },
    ],
    stream: true,
  },
  { model: 'm', previous_response_id: 'resp_none', input: [{ type: 'item_reference', id: 'msg_1' }], stream: true },
  {
    model: 'm',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
        ],
      },
    ],
    text: { format: { type: 'json_schema', name: 's', schema: { type: 'object' }, strict: true } },
    reasoning: { effort: 'low', summary: 'auto' },
    metadata: { a: 'b' },
    ...{
      temperature: 0.5,
      top_p: 0.9,
      max_output_tokens: 100,
      parallel_tool_calls: false,
      include: ['reasoning.encrypted_content'],
      stream: true,
    },
  },
];

export const requests: FuzzTarget = {
  name: 'requests',
  seeds: () => [...SEEDS.map((body) => Buffer.from(JSON.stringify(body))), ...sharedFiles('client-requests', /\.json$/).map(toBody)],
  make(random, seeds) {
    const pick = (): Uint8Array => random.pick(seeds);
    const body = Buffer.from(pick())
      .toString('utf8')
      .replace(/"model":\s*"[^"]*"/, `"model":"${random.pick(KINDS)}/m"`);
    return mutate(Buffer.from(body), random, pick);
  },
  cases: 250,
  async start() {
    const fakes = await Promise.all(KINDS.map(startFakeUpstream));
    const upstreams = KINDS.map((kind, at): UpstreamConfig => ({
      name: kind,
      kind,
      baseURL: fakes[at]?.baseURL ?? '',
      apiKey: 'k',
      webSearch: true,
    }));
    const proxy = await startProxy({ upstreams });
    let answered = 0;
    return {
      maxGrowth: 40,
      async run(bytes) {
        const headers = { 'content-type': 'application/json', authorization: 'Bearer k' };
        const reply = await fetch(`${proxy.ready.url}/v1/responses`, { method: 'POST', headers, body: Buffer.from(bytes) });
        const text = await reply.text();
        check(reply.status, reply.headers.get('content-type') ?? '', text);
        answered += 1;
        return text.length;
      },
      async stop() {
        const { sessions } = await proxy.sessions();
        if (answered > 20 && sessions.length === 0) throw new Error('None of the requests was recorded.');
        await proxy.close();
        await Promise.all(fakes.map((fake) => fake.close()));
      },
    };
  },
};

function check(status: number, type: string, text: string): void {
  if (status === 200 && type.includes('event-stream')) {
    const last = readFrames(Buffer.from(text)).findLast(({ data }) => data !== '[DONE]');
    if (!/^response\.(?:completed|incomplete|failed)$/.test(last?.event ?? ''))
      throw new Error(`The stream ends with ${last?.event ?? 'nothing'}.`);
    return;
  }
  const json = parseJsonObject(text);
  if (status === 200) {
    if (json?.['object'] !== 'response') throw new Error(`A 200 is no response: ${text.slice(0, 200)}`);
    return;
  }
  const message = asString(asObject(json?.['error'])['message']) ?? '';
  // 500 is what a fault of our own looks like.
  if (status === 500 || message.length < 4) throw new Error(`${status}: ${text.slice(0, 500)}`);
}

/** Recorded requests lie in a wrapper with their path and headers. */
function toBody(file: Uint8Array): Uint8Array {
  const json = parseJsonObject(Buffer.from(file).toString('utf8'));
  return json && typeof json['body'] === 'object' ? Buffer.from(JSON.stringify(json['body'])) : file;
}
