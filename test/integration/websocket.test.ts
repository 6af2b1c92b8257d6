/** The WebSocket transport of /v1/responses: continuation, connection memory, errors, recording. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

interface WireEvent {
  type: string;
  status?: number;
  error?: { code: string | null; message: string };
  response?: { id: string; status: string; output: { type: string; content?: { text: string }[] }[] };
}

async function connect(proxy: TestProxy, path = '/v1/responses', headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${proxy.ready.url.replace('http', 'ws')}${path}`, { headers });
  const queue: WireEvent[] = [];
  let wake: (() => void) | undefined;
  socket.on('message', (data: Buffer) => {
    queue.push(JSON.parse(data.toString('utf8')) as WireEvent);
    wake?.();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  /** Sends one message and reads up to the event that ends the turn. */
  async function ask(message: object): Promise<WireEvent[]> {
    socket.send(JSON.stringify(message));
    const events: WireEvent[] = [];
    for (;;) {
      const event = queue.shift();
      if (!event) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      events.push(event);
      if (['response.completed', 'response.incomplete', 'response.failed', 'error'].includes(event.type)) return events;
    }
  }
  return { socket, ask, close: () => socket.close() };
}

const create = (fields: object) => ({ type: 'response.create', model: 'demo-claude', ...fields });

describe('the WebSocket transport', () => {
  let proxy: TestProxy;
  beforeAll(async () => {
    proxy = await startProxy();
  });
  afterAll(() => proxy.close());

  it('streams the same events as SSE, one message each, without [DONE]', async () => {
    const connection = await connect(proxy);
    const events = await connection.ask(create({ input: 'Hello' }));
    connection.close();
    expect(events[0]?.type).toBe('response.created');
    expect(events.at(-1)?.response?.status).toBe('completed');
  });

  it('continues a response, also one made with store: false, on the same connection', async () => {
    const connection = await connect(proxy);
    for (const store of [true, false]) {
      const first = await connection.ask(create({ input: 'Hello', store }));
      const id = first.at(-1)?.response?.id;
      const second = await connection.ask(create({ input: 'And again', store, previous_response_id: id }));
      expect(second.at(-1)?.type).toBe('response.completed');
    }
    connection.close();
  });

  it('does not find another connection’s store: false response', async () => {
    const one = await connect(proxy);
    const other = await connect(proxy);
    const id = (await one.ask(create({ input: 'Hello', store: false }))).at(-1)?.response?.id;
    const [refused] = await other.ask(create({ input: 'x', store: false, previous_response_id: id }));
    expect(refused).toMatchObject({ type: 'error', status: 400, error: { code: 'previous_response_not_found' } });
    one.close();
    other.close();
  });

  it('forgets a store: false response after a continuation of it failed', async () => {
    const connection = await connect(proxy);
    const id = (await connection.ask(create({ input: 'Hello', store: false }))).at(-1)?.response?.id;
    const orphan = { type: 'function_call_output', call_id: 'call_unknown', output: 'x' };
    expect((await connection.ask(create({ input: [orphan], store: false, previous_response_id: id })))[0]?.type).toBe('error');
    const [refused] = await connection.ask(create({ input: 'x', store: false, previous_response_id: id }));
    expect(refused?.error?.code).toBe('previous_response_not_found');
    connection.close();
  });

  it('says what is wrong with a message it cannot take', async () => {
    const connection = await connect(proxy);
    expect((await connection.ask({ type: 'session.update' }))[0]).toMatchObject({ type: 'error', status: 400 });
    connection.close();
  });

  it('is recorded like SSE: one message a line', async () => {
    const connection = await connect(proxy);
    const events = await connection.ask(create({ input: 'Hello' }));
    connection.close();
    const newest = (await proxy.sessions()).sessions[0];
    const step = (await proxy.session(newest?.id ?? '')).steps.at(-1);
    const lines = (await proxy.bytes(`/api/steps/${step?.id ?? ''}/emitted`)).toString('utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as WireEvent).type)).toEqual(events.map(({ type }) => type));
    expect(step).toMatchObject({ status: 'completed', eventCount: events.length });
  });

  it('refuses foreign origins and unknown paths', async () => {
    await expect(connect(proxy, '/v1/responses', { origin: 'http://evil.example' })).rejects.toThrow('403');
    await expect(connect(proxy, '/v1/other')).rejects.toThrow('404');
  });
});
