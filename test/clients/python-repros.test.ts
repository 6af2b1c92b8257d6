/** The reproduction scripts for Python clients, run with the real ones: a clean tool loop, and LiteLLM's broken answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSamples } from '../../proxy-core/demo/samples/index.ts';
import { clientModels } from '../../proxy-core/protocol/client-models/index.ts';
import { judgeRun } from '../../proxy-core/protocol/client-models/judge-run.ts';
import { toClientRecipe } from '../../proxy-core/repro/client-recipes.ts';
import { toReproScript } from '../../proxy-core/repro/repro-script.ts';
import { toSteps } from '../../proxy-core/verdicts/read-stream.ts';
import { runClient, PYTHON } from './run-client.ts';

/** openai-py2 needs another installation; its script differs by the version alone. */
const CLIENTS = ['openai-py-stream', 'openai-py-create', 'agents-py', 'langchain-py', 'pydantic-py'];
const recorded = loadSamples()[0]?.steps.map(({ emitted }) => emitted.text) ?? [];
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'deltascope-repro-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function run(client: string, streams: readonly string[]): Promise<string> {
  const recipe = toClientRecipe(client);
  if (!recipe) throw new Error(`no recipe for ${client}`);
  const steps = streams.map((text) => toSteps(Buffer.from(text), undefined)[0]);
  const tools = steps.flatMap((step) => step?.expected.calls.map(({ name }) => name) ?? []);
  streams.forEach((text, index) => writeFileSync(join(dir, `${index}.sse`), text));
  const names = streams.map((_text, index) => `./${index}.sse`);
  const script = toReproScript({ streams: names, after: undefined, tools, client: { name: client, recipe }, fault: 'x' });
  writeFileSync(join(dir, 'repro.mjs'), script);
  const { out, err } = await runClient(process.execPath, [join(dir, 'repro.mjs')], { PYTHON });
  return `${out}${err}`;
}

describe.each(CLIENTS)('the script for %s', (client) => {
  it('goes through a clean tool loop to the answer', async () => {
    expect(await run(client, toCleanLoop())).toMatch(/(?:TEXT|OUTPUT)\s+'It is sunny\.'/);
  });

  it('shows what the verdict says of a broken stream', async () => {
    const broken = recorded[1] ?? '';
    const steps = toSteps(Buffer.from(broken), undefined);
    const predicted = clientModels.find(({ name }) => name === client)?.predict(steps);
    if (!predicted || predicted === 'hang') throw new Error(`${client} is not modelled`);
    const { outcome } = judgeRun(
      predicted,
      steps.map((step) => step.expected),
    );
    const said = await run(client, [broken]);
    expect(said.includes('THROWS'), said).toBe(outcome === 'error');
  });
});

/** A call of a tool, and the answer to it. */
function toCleanLoop(): string[] {
  const call = {
    id: 'fc_1',
    type: 'function_call',
    status: 'completed',
    call_id: 'call_1',
    name: 'get_weather',
    arguments: '{"city":"Paris"}',
  };
  const part = { type: 'output_text', text: 'It is sunny.', annotations: [], logprobs: [] };
  const message = { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content: [part] };
  const inCall = { item_id: call.id, output_index: 0 };
  const inPart = { item_id: message.id, output_index: 0, content_index: 0 };
  return [
    toStream('resp_1', call, [
      { type: 'response.output_item.added', output_index: 0, item: { ...call, status: 'in_progress', arguments: '' } },
      { type: 'response.function_call_arguments.delta', ...inCall, delta: call.arguments },
      { type: 'response.function_call_arguments.done', ...inCall, name: call.name, arguments: call.arguments },
    ]),
    toStream('resp_2', message, [
      { type: 'response.output_item.added', output_index: 0, item: { ...message, status: 'in_progress', content: [] } },
      { type: 'response.content_part.added', ...inPart, part: { ...part, text: '' } },
      { type: 'response.output_text.delta', ...inPart, delta: part.text, logprobs: [] },
      { type: 'response.output_text.done', ...inPart, text: part.text, logprobs: [] },
      { type: 'response.content_part.done', ...inPart, part },
    ]),
  ];
}

function toStream(id: string, item: object, inner: object[]): string {
  const usage = {
    input_tokens: 1,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 1,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 2,
  };
  const response = {
    ...{
      id,
      object: 'response',
      created_at: 1_760_000_000,
      status: 'in_progress',
      error: null,
      incomplete_details: null,
      instructions: null,
    },
    ...{
      metadata: {},
      model: 'recorded',
      output: [] as object[],
      parallel_tool_calls: true,
      temperature: 1,
      tool_choice: 'auto',
      tools: [],
      top_p: 1,
    },
  };
  const events = [
    { type: 'response.created', response },
    { type: 'response.in_progress', response },
    ...inner,
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { ...response, status: 'completed', output: [item], usage } },
  ] as { type: string }[];
  return events.map((event, index) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`).join('');
}
