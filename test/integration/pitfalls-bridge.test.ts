/** Pitfalls that only the whole bridge can show: ids over turns, races, ciphertexts, secrets on disk. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString } from '../../proxy-core/protocol/json.ts';
import { runSdk } from '../helpers/ai-sdks.ts';
import { askResponses, type Answer } from '../helpers/ask-responses.ts';
import type { Scenario, ScenarioName } from '../helpers/fake-scenarios.ts';
import { scenarios, startFakeUpstream, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const MODEL = 'claude-sonnet-5';
const KEY = 'sk-pitfall-very-secret';
const tools = [{ type: 'function', name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }];

/** Thinking, text, thinking, call: two signatures, each with a place of its own (worked example W2). */
function twoThoughts(): Scenario {
  const frame = (payload: { type: string; [field: string]: unknown }): string =>
    `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`;
  const block = (index: number, content_block: object, ...deltas: object[]): string[] => [
    frame({ type: 'content_block_start', index, content_block }),
    ...deltas.map((delta) => frame({ type: 'content_block_delta', index, delta })),
    frame({ type: 'content_block_stop', index }),
  ];
  const thinking = (index: number, thought: string, signature: string): string[] =>
    block(
      index,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: thought },
      { type: 'signature_delta', signature },
    );
  const known = scenarios.anthropic.tool.frames;
  return {
    frames: [
      known[0] ?? '',
      ...thinking(0, 'First.', 'SIG1'),
      ...block(1, { type: 'text', text: '' }, { type: 'text_delta', text: 'Let me look.' }),
      ...thinking(2, 'Second.', 'SIG2'),
      ...block(
        3,
        { type: 'tool_use', id: 'toolu_A', name: 'get_weather', input: {} },
        { type: 'input_json_delta', partial_json: '{"city":"Paris"}' },
      ),
      ...known.slice(-2),
    ],
    end: 'end',
  };
}

describe('pitfalls of a bridge', () => {
  let upstream: FakeUpstream;
  let proxy: TestProxy;
  beforeAll(async () => {
    upstream = await startFakeUpstream('anthropic');
    proxy = await startProxy({ upstreams: [{ name: 'fake', kind: 'anthropic', baseURL: upstream.baseURL, apiKey: KEY }] });
  });
  afterEach(() => void (upstream.seen.length = 0));
  afterAll(async () => {
    await proxy.close();
    await upstream.close();
  });
  const ask = (scenario: ScenarioName | Scenario, body: object = {}): Promise<Answer> => {
    upstream.answer(scenario);
    return askResponses(proxy.ready.apiBase, { model: MODEL, input: 'Hi', stream: true, ...body });
  };

  it('reasoning is an item of its own with a summary that is a list, and text is never in it (pitfalls 6, 8)', async () => {
    const { events, response } = await ask('think-text');
    const items = events.flatMap((event) => (event['item'] === undefined ? [] : [asObject(event['item'])]));
    for (const item of items.filter(({ type }) => type === 'reasoning')) {
      expect(Array.isArray(item['summary'])).toBe(true);
      expect(item['content']).toBeUndefined();
    }
    for (const event of events.filter(({ content_index }) => content_index !== undefined)) expect(event['content_index']).toBe(0);
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
  });

  it('the ciphertext is in output_item.done too, and comes back from a client without storage (pitfalls 7, 38)', async () => {
    const { events } = await ask(twoThoughts(), { tools });
    const done = events.filter(({ type }) => type === 'response.output_item.done').map((event) => asObject(event['item']));
    const ciphers = done.filter(({ type }) => type === 'reasoning').map((item) => asString(item['encrypted_content']));
    expect(ciphers).toEqual([expect.stringMatching(/^ds1\./), expect.stringMatching(/^ds1\./)]);
    upstream.seen.length = 0;
    upstream.answer(twoThoughts(), 'text');
    // A model name that the AI SDK does not know: it asks for no ciphertext, and sends back what it got.
    const tool = { get_weather: () => ({ temp_c: 21 }) };
    const result = await runSdk('AI SDK 6', { baseURL: proxy.ready.apiBase, model: MODEL, prompt: 'Hi', tools: tool, store: false });
    expect(result.errors).toEqual([]);
    const turns = asArray(upstream.seen[1]?.body['messages']).map(asObject);
    const blocks = asArray(turns[1]?.['content']).map((block) => asObject(block));
    expect(blocks.map(({ type }) => type)).toEqual(['thinking', 'text', 'thinking', 'tool_use']);
    expect(blocks.flatMap(({ signature }) => signature ?? [])).toEqual(['SIG1', 'SIG2']);
  });

  const SCENARIOS: ScenarioName[] = [
    'text',
    'tool',
    'parallel',
    'think-text',
    'think-tool',
    'error-mid',
    'cut',
    'reset',
    'length',
    'refusal',
  ];
  it.each(SCENARIOS)('every event has its number, without a gap: %s (pitfall 9)', async (name) => {
    const { events } = await ask(name);
    expect(events.length).toBeGreaterThan(2);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_event, index) => index));
  });

  it.each([true, false])('the response has one id, under which the next turn finds it; stream: %s (pitfall 10)', async (stream) => {
    const first = await ask('text', { stream });
    const ids = stream
      ? first.events.flatMap(({ response }) => (response === undefined ? [] : [asObject(response)['id']]))
      : [first.response.id];
    expect(new Set(ids)).toEqual(new Set([first.response.id]));
    const second = await ask('text', { stream, previous_response_id: first.response.id, input: 'More' });
    expect(second.response).toMatchObject({ status: 'completed', previous_response_id: first.response.id });
  });

  it('a connection that breaks after any event ends in response.failed (pitfall 39)', async () => {
    const whole = scenarios.anthropic['think-tool'].frames;
    for (let count = 0; count < whole.length - 1; count++) {
      const { events, response } = await ask({ frames: whole.slice(0, count), end: 'reset' });
      // The stop reason, once said, holds: only the frame after it is missing then.
      expect(events.at(-1)?.type, `after ${count} frames`).toBe('response.failed');
      expect(response.status).toBe('failed');
      expect(events.filter(({ type }) => /^response\.(completed|incomplete|failed)$/.test(type))).toHaveLength(1);
    }
  });

  it('a turn that is asked for the moment the last one is completed finds it (pitfall 44)', async () => {
    upstream.answer('text');
    let previous: string | undefined;
    for (let turn = 0; turn < 5; turn++) {
      const reply = await fetch(`${proxy.ready.apiBase}/responses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          model: MODEL,
          input: 'Hi',
          stream: true,
          ...(previous === undefined ? {} : { previous_response_id: previous }),
        }),
      });
      expect(reply.status).toBe(200);
      const reader = reply.body?.getReader();
      let seen = '';
      while (!seen.includes('event: response.completed')) seen += Buffer.from((await reader?.read())?.value ?? []).toString('utf8');
      // Not even to its end: the next request goes out while the rest is on its way.
      previous = /"id":"(resp_[^"]+)"/.exec(seen)?.[1];
      void reader?.cancel();
    }
  });

  it('two runs of one prompt are two sessions (pitfall 48)', async () => {
    const sessions = [await ask('text'), await ask('text')].map(({ headers }) => headers.get('x-deltascope-session'));
    expect(sessions[0]).not.toBe(sessions[1]);
  });

  it('no key is on the disk, and a body that is sent again is stored once (pitfall 50)', async () => {
    const other = await startProxy({ upstreams: [{ name: 'fake', kind: 'anthropic', baseURL: upstream.baseURL, apiKey: KEY }] });
    upstream.answer('text');
    const image_url = `data:image/png;base64,${randomBytes(100_000).toString('base64')}`;
    const input = [{ role: 'user', content: [{ type: 'input_image', image_url }] }];
    for (let turn = 0; turn < 3; turn++) await askResponses(other.ready.apiBase, { model: MODEL, input });
    await other.close({ keep: true });
    try {
      const db = new Database(join(other.dataDir, 'deltascope.db'), { readonly: true });
      // The client's body, the one to the upstream and the kept item share the image.
      expect(db.prepare('SELECT count(*) AS count FROM blobs WHERE length(bytes) > 50000').get()).toEqual({ count: 1 });
      expect(db.prepare('SELECT count(*) AS count FROM bodies WHERE length(bytes) > 50000').get()).toEqual({ count: 0 });
      db.close();
      for (const file of readdirSync(other.dataDir)) expect(readFileSync(join(other.dataDir, file)).includes(KEY), file).toBe(false);
    } finally {
      rmSync(other.dataDir, { recursive: true, force: true });
    }
  });
});
