/** Open Responses over a WebSocket: what its public compliance suite asks of that transport. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askResponses } from '../helpers/ask-responses.ts';
import { complaintsAbout, eventSchema, responseSchema, socketErrorSchema } from '../helpers/open-responses-schema.ts';
import { openSocket, type ResponsesSocket, type SocketEvent } from '../helpers/responses-socket.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const create = (fields: object) => ({ type: 'response.create', model: 'demo-claude', ...fields });

function expectCompleted(events: SocketEvent[]): string {
  for (const event of events) expect(complaintsAbout(eventSchema, event), event.type).toEqual([]);
  expect(complaintsAbout(responseSchema, events.at(-1)?.response)).toEqual([]);
  expect(events.at(-1)?.type).toBe('response.completed');
  return events.at(-1)?.response?.id ?? '';
}

function expectError(events: SocketEvent[], code: string | null): void {
  expect(events).toHaveLength(1);
  expect(complaintsAbout(socketErrorSchema, events[0])).toEqual([]);
  expect(events[0]?.error?.code).toBe(code);
}

describe('Open Responses over a WebSocket', () => {
  let proxy: TestProxy;
  const open: ResponsesSocket[] = [];
  beforeAll(async () => {
    proxy = await startProxy();
  });
  afterAll(async () => {
    for (const socket of open) socket.close();
    await proxy.close();
  });
  const connect = async (): Promise<ResponsesSocket> => {
    const socket = await openSocket(proxy.ready.url);
    open.push(socket);
    return socket;
  };

  it('creates a response', async () => {
    const socket = await connect();
    expectCompleted(await socket.ask(create({ input: [{ type: 'message', role: 'user', content: 'Count from 1 to 3.' }] })));
  });

  it('creates one response after another', async () => {
    const socket = await connect();
    const first = expectCompleted(await socket.ask(create({ store: false, input: 'Reply with exactly: first' })));
    const second = expectCompleted(await socket.ask(create({ store: false, input: 'Reply with exactly: second' })));
    expect(second).not.toBe(first);
  });

  it('continues a store: false response with nothing but new input', async () => {
    const socket = await connect();
    const id = expectCompleted(await socket.ask(create({ store: false, input: 'Remember the code word: cobalt.' })));
    const events = await socket.ask(create({ store: false, previous_response_id: id, input: 'What is the code word?' }));
    expectCompleted(events);
    const [newest] = (await proxy.sessions()).sessions;
    const step = (await proxy.session(newest?.id ?? '')).steps.at(-1);
    expect(JSON.stringify((await proxy.step(step?.id ?? '')).upstreamRequests)).toContain('cobalt');
  });

  it('does not find a store: false response after a reconnect, and starts anew', async () => {
    const before = await connect();
    const id = expectCompleted(await before.ask(create({ store: false, input: 'Remember the code word: copper.' })));
    before.close();
    const after = await connect();
    expectError(await after.ask(create({ store: false, previous_response_id: id, input: 'Go on' })), 'previous_response_not_found');
    expectCompleted(await after.ask(create({ store: false, input: [{ type: 'message', role: 'user', content: 'Start anew.' }] })));
  });

  it('names a missing previous response', async () => {
    const socket = await connect();
    const message = create({ store: false, previous_response_id: 'resp_missing_1', input: 'This should fail.' });
    expectError(await socket.ask(message), 'previous_response_not_found');
  });

  it('forgets a response whose continuation failed', async () => {
    const socket = await connect();
    const id = expectCompleted(await socket.ask(create({ store: false, input: 'Remember the code word: ember.' })));
    const orphan = { type: 'function_call_output', call_id: 'call_missing', output: 'x' };
    expectError(await socket.ask(create({ store: false, previous_response_id: id, input: [orphan] })), null);
    expectError(await socket.ask(create({ store: false, previous_response_id: id, input: 'x' })), 'previous_response_not_found');
  });

  it('goes on from a compacted conversation without previous_response_id', async () => {
    const history = [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Remember the code word: slate.' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'OK.' }] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Compress this conversation.' }] },
    ];
    const compacted = await askResponses(proxy.ready.apiBase, { model: 'demo-claude', input: history }, '/responses/compact');
    const socket = await connect();
    const input = [...compacted.response.output, { type: 'message', role: 'user', content: 'Continue from here.' }];
    expectCompleted(await socket.ask(create({ store: false, input, tools: [] })));
  });

  it('prepares a response without generating one, for generate: false', async () => {
    const socket = await connect();
    const events = await socket.ask(create({ store: false, generate: false, input: 'Remember the code word: opal.' }));
    const id = expectCompleted(events);
    expect(events.at(-1)?.response?.output).toEqual([]);
    expectCompleted(await socket.ask(create({ store: false, previous_response_id: id, input: 'What is the code word?' })));
    const [newest] = (await proxy.sessions()).sessions;
    const steps = (await proxy.session(newest?.id ?? '')).steps;
    const upstreamCalls = await Promise.all(steps.slice(-2).map(async ({ id: step }) => (await proxy.step(step)).upstreamRequests));
    expect(upstreamCalls.map((calls) => calls.length)).toEqual([0, 1]);
    expect(JSON.stringify(upstreamCalls[1])).toContain('opal');
  });

  it('says that a message is no response.create', async () => {
    const socket = await connect();
    expectError(await socket.ask({ type: 'session.update' }), 'invalid_value');
  });
});
