/** The adapter against a real server that speaks Gemini's HTTP. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { asObject, parseJson } from '../../protocol/json.ts';
import type { SendContext } from '../upstream.ts';
import { geminiUpstream } from './index.ts';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}
type Answer = (request: Seen, response: ServerResponse) => void;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function startFake(answer: Answer): Promise<{ baseURL: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const entry = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: parseJson(Buffer.concat(chunks).toString('utf8')),
      };
      seen.push(entry);
      answer(entry, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return { baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function contextOf(baseURL: string, more: Partial<SendContext> = {}): SendContext {
  return {
    config: { name: 'g', kind: 'gemini', baseURL },
    model: 'gemini-2.5-flash',
    credential: 'KEY',
    signal: new AbortController().signal,
    onRequest: () => undefined,
    ...more,
  };
}

const built = { body: { contents: [] }, warnings: [] };

describe('gemini adapter', () => {
  it('posts to streamGenerateContent with the key in its header and hands the bytes on as they come', async () => {
    const body = 'data: {"candidates":[]}\r\n\r\n';
    const { baseURL, seen } = await startFake((_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(body));
    const tapped: string[] = [];
    const reply = await geminiUpstream.send(
      built,
      contextOf(`${baseURL}/`, {
        onRequest: ({ method, url, body: sent }) => tapped.push(method, url, Buffer.from(sent).toString('utf8')),
      }),
    );
    const chunks: Uint8Array[] = [];
    for await (const chunk of reply.body) chunks.push(chunk);
    expect(reply.status).toBe(200);
    expect(Buffer.concat(chunks).toString('utf8')).toBe(body);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
      body: { contents: [] },
    });
    expect(seen[0]?.headers).toMatchObject({ 'x-goog-api-key': 'KEY', 'content-type': 'application/json' });
    expect(tapped).toEqual(['POST', `${baseURL}/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse`, '{"contents":[]}']);
  });

  it('sends exactly one request when the upstream is overloaded (pitfall 27)', async () => {
    const { baseURL, seen } = await startFake((_, response) => response.writeHead(503).end('{}'));
    expect((await geminiUpstream.send(built, contextOf(baseURL))).status).toBe(503);
    expect(seen).toHaveLength(1);
  });

  it('keeps foreign characters of a model name inside its path segment (pitfall 42)', async () => {
    const { baseURL, seen } = await startFake((_, response) => response.end());
    for (const model of ['a+b=/c', 'models/x', 'tunedModels/y z', '../evil?key=1#x']) {
      await geminiUpstream.send(built, contextOf(`${baseURL}/v1beta`, { model }));
    }
    expect(seen.map(({ url }) => url)).toEqual([
      '/v1beta/models/a%2Bb%3D%2Fc:streamGenerateContent?alt=sse',
      '/v1beta/models/x:streamGenerateContent?alt=sse',
      '/v1beta/tunedModels/y%20z:streamGenerateContent?alt=sse',
      '/v1beta/models/..%2Fevil%3Fkey%3D1%23x:streamGenerateContent?alt=sse',
    ]);
  });

  it('lets configured headers win and leaves out the key where there is none', async () => {
    const { baseURL, seen } = await startFake((_, response) => response.end());
    const config = { name: 'g', kind: 'gemini' as const, baseURL, headers: { 'X-Goog-Api-Key': '', authorization: 'Bearer T' } };
    await geminiUpstream.send(built, contextOf(baseURL, { config }));
    await geminiUpstream.send(built, contextOf(baseURL, { credential: null }));
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer T' });
    expect(seen.map(({ headers }) => 'x-goog-api-key' in headers)).toEqual([false, false]);
  });

  it('drops the connection when it is aborted (pitfall 46)', async () => {
    let closed: () => void = () => undefined;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    const { baseURL } = await startFake((_, response) => {
      response.on('close', () => closed());
      response.write('data: {}\n\n');
    });
    const abort = new AbortController();
    const reply = await geminiUpstream.send(built, contextOf(baseURL, { signal: abort.signal }));
    const body = reply.body[Symbol.asyncIterator]();
    await body.next();
    abort.abort();
    await expect(body.next()).rejects.toThrow();
    await isClosed;
  });

  it('counts the tokens of the whole request', async () => {
    const { baseURL, seen } = await startFake((_, response) => response.end('{"totalTokens":42}'));
    expect(await geminiUpstream.countTokens?.(built, contextOf(baseURL))).toBe(42);
    expect(seen[0]).toMatchObject({
      url: '/v1beta/models/gemini-2.5-flash:countTokens',
      body: { generateContentRequest: { model: 'models/gemini-2.5-flash', contents: [] } },
    });
  });

  it("throws the upstream's own error when counting fails", async () => {
    const { baseURL } = await startFake((_, response) => response.writeHead(404).end('{"error":{"message":"models/x is not found"}}'));
    await expect(geminiUpstream.countTokens?.(built, contextOf(baseURL))).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });

  it('lists the models that can answer, page by page', async () => {
    const { baseURL, seen } = await startFake(({ url }, response) => {
      const answer = { models: [{ name: 'models/a', supportedGenerationMethods: ['generateContent'] }], nextPageToken: 'p/2' };
      const last = { models: [{ name: 'models/e', supportedGenerationMethods: ['embedContent'] }, { name: 'models/b' }] };
      response.end(JSON.stringify(url.includes('pageToken') ? last : answer));
    });
    expect(await geminiUpstream.listModels?.(contextOf(baseURL))).toEqual(['a', 'b']);
    expect(seen.map(({ url }) => url)).toEqual(['/v1beta/models?pageSize=1000', '/v1beta/models?pageSize=1000&pageToken=p%2F2']);
  });

  it('reads what a model can do, and gives nothing where the server does not say', async () => {
    const { baseURL } = await startFake(({ url }, response) => {
      if (url.endsWith('gemini-2.5-flash')) response.end('{"outputTokenLimit":65536,"thinking":true}');
      else response.writeHead(404).end();
    });
    const capabilities = await geminiUpstream.fetchCapabilities?.(contextOf(baseURL));
    expect(capabilities?.maxOutputTokens).toBe(65_536);
    expect(asObject(capabilities?.raw).thinking).toBe(true);
    expect(await geminiUpstream.fetchCapabilities?.(contextOf(baseURL, { model: 'x' }))).toBeUndefined();
    expect(await geminiUpstream.fetchCapabilities?.(contextOf('http://127.0.0.1:1'))).toBeUndefined();
  });
});
