/** Quirks and repair over the WebSocket transport: the same changes as over SSE, one message each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSocket } from '../helpers/responses-socket.ts';
import { startResponsesServer, type ResponsesServer } from '../helpers/responses-server.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';
import { responsesStream } from '../reliability/talking-upstream.ts';

/** Its deltas name an item that was never announced. */
function brokenStream(): string {
  const { begin, word, end } = responsesStream('1');
  return begin + word('Hello').replace('"item_id":"msg_1"', '"item_id":"chatcmpl-9"') + end('Hello');
}

describe('a WebSocket', () => {
  let upstream: ResponsesServer;
  let proxy: TestProxy;
  beforeAll(async () => {
    upstream = await startResponsesServer([brokenStream()]);
    proxy = await startProxy({
      upstreams: [
        { name: 'mended', kind: 'responses', baseURL: upstream.baseURL, repair: true },
        { name: 'raw', kind: 'responses', baseURL: upstream.baseURL },
      ],
    });
  });
  afterAll(async () => {
    await proxy.close();
    await upstream.close();
  });

  async function ask(path: string, fields: object = {}) {
    const socket = await openSocket(proxy.ready.url, path);
    const events = await socket.ask({ type: 'response.create', model: 'm', input: 'Hello', ...fields });
    socket.close();
    return events;
  }
  const deltaIds = (events: Awaited<ReturnType<typeof ask>>) =>
    events.filter(({ type }) => type === 'response.output_text.delta').map((event) => event['item_id']);

  it('gets a repaired stream', async () => {
    expect(deltaIds(await ask('/u/raw/v1/responses'))).toEqual(['chatcmpl-9']);
    expect(deltaIds(await ask('/u/mended/v1/responses'))).toEqual(['msg_1']);
  });

  it.each(['/quirks/stuck-sequence-numbers/u/demo/v1/responses', '/quirks/stuck-sequence-numbers/v1/responses'])(
    'gets a translated stream with the quirk that its path names: %s',
    async (path) => {
      const events = await ask(path, { model: 'demo/demo-claude' });
      expect(events.at(-1)?.type).toBe('response.completed');
      expect(new Set(events.map((event) => event.sequence_number)).size).toBeLessThan(events.length);
    },
  );

  it('gets one that passes through with the quirk, and it is recorded as it was sent', async () => {
    const events = await ask('/quirks/response-id-change/u/raw/v1/responses');
    const ids = new Set(events.flatMap(({ response }) => response?.id ?? []));
    expect(ids.size).toBeGreaterThan(1);
    const { sessions } = await proxy.sessions();
    const { steps } = await proxy.session(sessions[0]?.id ?? '');
    const emitted = (await proxy.bytes(`/api/steps/${steps.at(-1)?.id}/emitted`)).toString('utf8').trim().split('\n');
    expect(emitted.map((line) => JSON.parse(line) as unknown)).toEqual(events);
  });

  it('is told an error that a quirk answers with', async () => {
    const events = await ask('/quirks/rate-limit/u/raw/v1/responses');
    expect(events).toEqual([expect.objectContaining({ type: 'error', status: 429 })]);
  });

  it('is broken off by a quirk that does so', async () => {
    await expect(ask('/quirks/disconnect/u/demo/v1/responses')).rejects.toThrow(/the socket was closed after \d+ events/);
  });
});
