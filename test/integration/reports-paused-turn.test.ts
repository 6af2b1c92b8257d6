/** A turn that Anthropic pauses in the middle of its own tools is one answer to the client (mapping 2.5). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asArray, asObject } from '../../proxy-core/protocol/json.ts';
import { askResponses, type Answer } from '../helpers/ask-responses.ts';
import type { Scenario } from '../helpers/fake-scenarios.ts';
import { startFakeUpstream, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const frame = (payload: { type: string; [field: string]: unknown }): string =>
  `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`;
const text = (index: number, words: string): string[] => [
  frame({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } }),
  frame({ type: 'content_block_delta', index, delta: { type: 'text_delta', text: words } }),
  frame({ type: 'content_block_stop', index }),
];
const search = (index: number): string[] => [
  frame({
    type: 'content_block_start',
    index,
    content_block: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
  }),
  frame({ type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: '{"query":"weather"}' } }),
  frame({ type: 'content_block_stop', index }),
];
const result = (index: number): string[] => [
  frame({
    type: 'content_block_start',
    index,
    content_block: {
      type: 'web_search_tool_result',
      tool_use_id: 'srvtoolu_1',
      content: [{ type: 'web_search_result', url: 'https://example.org', title: 'E', encrypted_content: 'x' }],
    },
  }),
  frame({ type: 'content_block_stop', index }),
];

function message(blocks: string[], stop_reason: string): Scenario {
  const usage = { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 2, output_tokens: 1 };
  const head = { id: 'msg_01', type: 'message', role: 'assistant', model: 'claude-sonnet-5', content: [], stop_reason: null, usage };
  return {
    frames: [
      frame({ type: 'message_start', message: head }),
      ...blocks,
      frame({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 7 } }),
      frame({ type: 'message_stop' }),
    ],
    end: 'end',
  };
}

describe('a paused turn', () => {
  let upstream: FakeUpstream;
  let proxy: TestProxy;
  beforeAll(async () => {
    upstream = await startFakeUpstream('anthropic');
    proxy = await startProxy({ upstreams: [{ name: 'fake', kind: 'anthropic', baseURL: upstream.baseURL, apiKey: 'k' }] });
  });
  beforeEach(() => void (upstream.seen.length = 0));
  afterAll(async () => {
    await proxy.close();
    await upstream.close();
  });
  const ask = (stream: boolean): Promise<Answer> =>
    askResponses(proxy.ready.apiBase, { model: 'claude-sonnet-5', input: 'Search', stream });

  it.each([true, false])('is asked again with what it said, and goes on in the same response (stream: %s)', async (stream) => {
    upstream.answer(
      message([...text(0, 'Let me look. '), ...search(1)], 'pause_turn'),
      message([...result(0), ...text(1, 'Still looking.')], 'pause_turn'),
      message(text(0, 'It is sunny.'), 'end_turn'),
    );
    const answer = await ask(stream);
    const { response } = answer;
    expect(response).toMatchObject({ status: 'completed', usage: { input_tokens: 36, output_tokens: 21, total_tokens: 57 } });
    expect(response.output.map(({ type }) => type)).toEqual(['message', 'web_search_call', 'message', 'message']);
    expect(response.output[1]).toMatchObject({ status: 'completed', action: { query: 'weather' } });
    expect(new Set(response.output.map(({ id }) => id)).size).toBe(4);
    expect(answer.events.map((event) => event.sequence_number)).toEqual(answer.events.map((_event, index) => index));
    const sent = upstream.seen.map(({ body }) => asArray(body['messages']).map(asObject));
    expect(sent.map((messages) => messages.map(({ role }) => role))).toEqual([['user'], ['user', 'assistant'], ['user', 'assistant']]);
    expect(asArray(sent[2]?.[1]?.['content'])).toMatchObject([
      { type: 'text', text: 'Let me look. ' },
      { type: 'server_tool_use', id: 'srvtoolu_1', input: { query: 'weather' } },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1' },
      { type: 'text', text: 'Still looking.' },
    ]);
    const stepId = answer.headers.get('x-deltascope-step') ?? '';
    expect((await proxy.step(stepId)).upstreamRequests).toHaveLength(3);
    expect((await proxy.findings(stepId)).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('is told as incomplete when it never ends, with a warning', async () => {
    upstream.answer(message(text(0, 'Hm. '), 'pause_turn'));
    const { response, headers } = await ask(true);
    expect([response.status, response.incomplete_details, upstream.seen.length]).toEqual(['incomplete', null, 9]);
    const step = await proxy.step(headers.get('x-deltascope-step') ?? '');
    expect(step.warnings.map(({ code }) => code)).toContain('turn_paused');
  });

  it('fails when the upstream refuses to go on, and keeps what there is', async () => {
    upstream.answer(message(text(0, 'Let me look.'), 'pause_turn'), 'overloaded');
    const { response } = await ask(true);
    expect(response).toMatchObject({ status: 'failed', output: [{ type: 'message', content: [{ text: 'Let me look.' }] }] });
  });
});
