/** Upstreams that speak Responses themselves: the chain is theirs, the bridge only carries it and keeps a copy. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeLitellmId } from '../../proxy-core/protocol/ids/litellm-id.ts';
import { askResponses } from '../helpers/ask-responses.ts';
import { openSocket } from '../helpers/responses-socket.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const MODEL = 'demo-claude';

describe('an upstream that speaks Responses', () => {
  /** A bridge is as good a Responses server as any. */
  let origin: TestProxy;
  let proxy: TestProxy;
  beforeAll(async () => {
    origin = await startProxy();
    proxy = await startProxy({
      upstreams: [
        { name: 'demo2', kind: 'anthropic', baseURL: 'http://127.0.0.1:9' },
        { name: 'up', kind: 'responses', baseURL: origin.ready.apiBase },
      ],
    });
  });
  afterAll(async () => {
    await proxy.close();
    await origin.close();
  });

  const ask = (body: object, path?: string) => askResponses(proxy.ready.apiBase, { model: `up/${MODEL}`, input: 'Hello', ...body }, path);

  it('gets previous_response_id as the client sent it, and owns the ids that it made', async () => {
    const first = await ask({ stream: true });
    const second = await ask({ stream: true, input: 'And?', previous_response_id: first.response.id });
    expect(second.response).toMatchObject({ status: 'completed', previous_response_id: first.response.id });
    const stepId = second.headers.get('x-deltascope-step') ?? '';
    const sent = (await proxy.step(stepId)).upstreamRequests[0]?.body;
    expect(JSON.stringify(sent)).toContain(first.response.id);
    // The default upstream is another one and does not even run: the id leads to the one that made it.
    const got = await fetch(`${proxy.ready.apiBase}/responses/${first.response.id}`);
    expect(await got.json()).toEqual(first.response);
    const items = await fetch(`${proxy.ready.apiBase}/responses/${second.response.id}/input_items`);
    expect((await items.json()) as object).toMatchObject({ object: 'list' });
    const replay = await fetch(`${proxy.ready.apiBase}/responses/${first.response.id}?stream=true&starting_after=1`);
    expect(await replay.text()).toContain('response.completed');
    expect(await (await fetch(`${proxy.ready.apiBase}/responses/${first.response.id}`, { method: 'DELETE' })).json()).toMatchObject({
      deleted: true,
    });
    expect((await fetch(`${origin.ready.apiBase}/responses/${first.response.id}`)).status).toBe(404);
  });

  it('puts the turns of a chain into one session', async () => {
    const first = await ask({ stream: false });
    const second = await ask({ stream: true, previous_response_id: first.response.id });
    expect(second.headers.get('x-deltascope-session')).toBe(first.headers.get('x-deltascope-session'));
  });

  it('is reached over a WebSocket too: its events are the messages', async () => {
    const socket = await openSocket(proxy.ready.url, '/u/up/v1/responses');
    const events = await socket.ask({ type: 'response.create', model: MODEL, input: 'Hello' });
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_event, index) => index));
    const id = events.at(-1)?.response?.id;
    const next = await socket.ask({ type: 'response.create', model: MODEL, input: 'More', previous_response_id: id });
    expect(next.at(-1)).toMatchObject({ type: 'response.completed', response: { previous_response_id: id } });
    const refused = await socket.ask({ type: 'response.create', model: MODEL, input: 'x', previous_response_id: 'resp_nowhere' });
    expect(refused).toMatchObject([{ type: 'error', status: 400, error: { code: 'previous_response_not_found' } }]);
    // The connection outlives the error, as it does on a translated route.
    expect((await socket.ask({ type: 'response.create', model: MODEL, input: 'y' })).at(-1)?.type).toBe('response.completed');
    socket.close();
    const [newest] = (await proxy.sessions()).sessions;
    const step = (await proxy.session(newest?.id ?? '')).steps.at(-1);
    const lines = (await proxy.bytes(`/api/steps/${step?.id ?? ''}/emitted`)).toString('utf8').trim().split('\n');
    expect(lines.every((line) => line.startsWith('{"type":"response.'))).toBe(true);
  });

  it('can be continued by a translated upstream, which gets the history from the copy', async () => {
    const first = await ask({ stream: true, input: 'My name is Ada.' });
    const second = await askResponses(proxy.ready.apiBase, {
      model: `demo/${MODEL}`,
      input: 'Hello',
      previous_response_id: first.response.id,
    });
    expect(second.status).toBe(200);
    const sent = (await proxy.step(second.headers.get('x-deltascope-step') ?? '')).upstreamRequests[0]?.body;
    expect(JSON.stringify(sent)).toContain('My name is Ada.');
  });
});

/** An id as LiteLLM writes it, with a `/` or `+` of standard base64 in it. */
function toLitellmId(inner: string): string {
  for (let deployment = 'a?>'; ; deployment += '?') {
    const text = `litellm:custom_llm_provider:openai;model_id:${deployment};response_id:${inner}`;
    const id = `resp_${Buffer.from(text).toString('base64')}`;
    if (/[/]/.test(id)) return id;
  }
}

describe('a LiteLLM gateway as upstream', () => {
  const ID = toLitellmId('resp_inner-1');
  let server: Server;
  let proxy: TestProxy;
  const seen: { method: string; path: string; body: string }[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (bytes: Buffer) => (body += bytes.toString()));
      request.on('end', () => {
        seen.push({ method: request.method ?? '', path: request.url ?? '', body });
        response.writeHead(200, { 'content-type': 'application/json' });
        const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
        response.end(JSON.stringify({ id: ID, object: 'response', status: 'completed', model: 'm', output: [], usage }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    proxy = await startProxy({ upstreams: [{ name: 'litellm', kind: 'responses', baseURL }] });
  });
  afterAll(async () => {
    await proxy.close();
    server.close();
  });

  it('has its ids decoded and linked as aliases, and never gets a decoded one', async () => {
    expect(decodeLitellmId(ID)?.innerId).toBe('resp_inner-1');
    const first = await askResponses(proxy.ready.apiBase, { model: 'm', input: 'Hi' });
    const step = await proxy.step(first.headers.get('x-deltascope-step') ?? '');
    expect(step).toMatchObject({ responseId: ID, responseIdAliases: ['resp_inner-1'] });
    for (const id of [ID, 'resp_inner-1']) {
      const next = await askResponses(proxy.ready.apiBase, { model: 'm', input: 'More', previous_response_id: id });
      expect(next.headers.get('x-deltascope-session')).toBe(first.headers.get('x-deltascope-session'));
      expect(seen.at(-1)?.body).toContain(`"previous_response_id":"${id}"`);
    }
  });

  it.each([
    ['percent-encoded', encodeURIComponent(ID)],
    ['raw', ID],
  ])('is asked for an id with `/` in it, %s, under the same path (pitfall 42)', async (_form, path) => {
    const got = await fetch(`${proxy.ready.apiBase}/responses/${path}`);
    expect([got.status, seen.at(-1)?.method, seen.at(-1)?.path]).toEqual([200, 'GET', `/v1/responses/${path}`]);
    await fetch(`${proxy.ready.apiBase}/responses/${path}/input_items`);
    expect(seen.at(-1)?.path).toBe(`/v1/responses/${path}/input_items`);
  });
});
