/** What can be had of a response after it was made: its stream once more, its input items, its end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import OpenAI from 'openai';
import { askResponses, readEvents, type Answer } from '../helpers/ask-responses.ts';
import { startFakeUpstream, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

describe('a stored response', () => {
  let upstream: FakeUpstream;
  let proxy: TestProxy;
  beforeAll(async () => {
    upstream = await startFakeUpstream('anthropic');
    proxy = await startProxy({ upstreams: [{ name: 'fake', kind: 'anthropic', baseURL: upstream.baseURL, apiKey: 'k' }] });
  });
  afterAll(async () => {
    await proxy.close();
    await upstream.close();
  });

  const ask = (body: object): Promise<Answer> => {
    upstream.answer('think-text');
    return askResponses(proxy.ready.apiBase, { model: 'claude-sonnet-5', input: 'Hi', ...body });
  };
  const get = (id: string, query: string): Promise<Response> => fetch(`${proxy.ready.apiBase}/responses/${id}${query}`);

  it('streams its events once more, byte for byte', async () => {
    const first = await ask({ stream: true });
    const again = await get(first.response.id, '?stream=true');
    expect(again.headers.get('x-deltascope-step')).toBe(first.headers.get('x-deltascope-step'));
    expect(await again.text()).toBe(first.text);
  });

  it('begins after the sequence number that the client names', async () => {
    const first = await ask({ stream: true });
    const events = readEvents(await (await get(first.response.id, '?stream=true&starting_after=4')).text());
    expect(events).toEqual(first.events.slice(5));
  });

  it('follows a stream that is still going on, for openai-node', async () => {
    upstream.answer('silent');
    const abort = new AbortController();
    const live = await fetch(`${proxy.ready.apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'claude-sonnet-5', input: 'Hi', stream: true }),
      signal: abort.signal,
    });
    const reader = live.body?.getReader();
    let seen = '';
    while (!seen.includes('response.created')) seen += Buffer.from((await reader?.read())?.value ?? []).toString('utf8');
    const id = /"id":"(resp_[^"]+)"/.exec(seen)?.[1] ?? '';
    const client = new OpenAI({ baseURL: proxy.ready.apiBase, apiKey: 'k', maxRetries: 0 });
    const types: string[] = [];
    for await (const event of await client.responses.retrieve(id, { stream: true })) {
      types.push(event.type);
      // The one who made it leaves: the stream is over for those who follow it, too.
      if (event.type === 'response.output_text.delta') abort.abort();
    }
    expect(types.slice(0, 2)).toEqual(['response.created', 'response.in_progress']);
    expect(types.at(-1)).toBe('response.output_text.delta');
  });

  it('refuses to stream what was not streamed, and says so', async () => {
    const { response } = await ask({ stream: false });
    const reply = await get(response.id, '?stream=true');
    expect([reply.status, await reply.json()]).toMatchObject([400, { error: { param: 'stream', type: 'invalid_request_error' } }]);
    expect((await get(response.id, '?stream=true&starting_after=x')).status).toBe(400);
  });

  it('is the same object again, and gone after DELETE', async () => {
    const { response } = await ask({ stream: true });
    expect(await (await get(response.id, '')).json()).toEqual(response);
    const gone = await fetch(`${proxy.ready.apiBase}/responses/${response.id}`, { method: 'DELETE' });
    expect(await gone.json()).toEqual({ id: response.id, object: 'response', deleted: true });
    const missing = await get(response.id, '');
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { error: { message: `Response with id '${response.id}' not found.`, type: 'invalid_request_error', param: null, code: null } },
    ]);
    const next = await ask({ previous_response_id: response.id });
    expect([next.status, next.error['code']]).toEqual([400, 'previous_response_not_found']);
  });

  it('lists what it was made from, the chain included, in pages', async () => {
    const one = await ask({ input: 'first' });
    const two = await ask({ input: 'second', previous_response_id: one.response.id });
    const page = async (query: string): Promise<{ data: { id: string; type: string }[]; has_more: boolean; last_id: string }> =>
      (await (await get(`${two.response.id}/input_items`, query)).json()) as never;
    const all = await page('?order=asc');
    expect(all.data.map(({ type }) => type)).toEqual(['message', 'reasoning', 'message', 'message']);
    const newest = await page('?limit=1');
    expect([newest.data[0]?.id, newest.has_more]).toEqual([all.data.at(-1)?.id, true]);
    expect((await page(`?after=${newest.last_id}&limit=100`)).data).toHaveLength(3);
    expect((await get(`${two.response.id}/input_items`, '?limit=101')).status).toBe(400);
    expect((await get(`${two.response.id}/cancel`, '')).status).toBe(404);
    const cancel = await fetch(`${proxy.ready.apiBase}/responses/${two.response.id}/cancel`, { method: 'POST' });
    expect(cancel.status).toBe(400);
  });
});
