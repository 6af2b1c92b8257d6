import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { asObject, parseJson, type JsonObject } from '../../protocol/json.ts';
import type { SendContext, UpstreamConfig } from '../upstream.ts';
import { openaiChatUpstream } from './index.ts';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: JsonObject;
}
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server on a real socket; `answer` gets what was asked. */
async function serve(answer: (seen: Seen, response: ServerResponse) => void): Promise<{ baseURL: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = asObject(parseJson(Buffer.concat(chunks).toString('utf8')));
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      seen.push(one);
      answer(one, response);
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
  return { baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen };
}

interface Taps {
  requests: { url: string; body: JsonObject }[];
  refused: { status: number; body: string }[];
}

function contextFor(config: Partial<UpstreamConfig>, more: Partial<SendContext> = {}): SendContext & Taps {
  const requests: Taps['requests'] = [];
  const refused: Taps['refused'] = [];
  return {
    config: { name: 'chat', kind: 'openai-chat', baseURL: '', ...config },
    model: 'm',
    credential: 'key',
    signal: new AbortController().signal,
    onRequest: ({ url, body }) => requests.push({ url, body: asObject(parseJson(Buffer.from(body).toString('utf8'))) }),
    onRefused: ({ status, body }) => refused.push({ status, body: Buffer.from(body).toString('utf8') }),
    requests,
    refused,
    ...more,
  };
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const built = { body: { model: 'm', stream: true, stream_options: { include_usage: true } }, warnings: [] };

describe('chat adapter', () => {
  it('posts once to /chat/completions and hands on the bytes as they are', async () => {
    const sse = 'data: {"x":"ü"}\r\n\r\n: comment\n\ndata: [DONE]\n\n';
    const { baseURL, seen } = await serve((_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(sse));
    const context = contextFor({ baseURL: `${baseURL}/`, headers: { 'X-Extra': 'e' } });
    const reply = await openaiChatUpstream.send(built, context);
    expect([reply.status, await textOf(reply.body)]).toEqual([200, sse]);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/v1/chat/completions', body: built.body });
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer key', 'x-extra': 'e', 'content-type': 'application/json' });
    expect(context.requests).toEqual([{ url: `${baseURL}/chat/completions`, body: built.body }]);
  });

  it('sends no credential where there is none, and the configured header instead of it', async () => {
    const { baseURL, seen } = await serve((_, response) => response.end());
    await openaiChatUpstream.send(built, contextFor({ baseURL }, { credential: null }));
    await openaiChatUpstream.send(built, contextFor({ baseURL, headers: { Authorization: 'Basic x' } }));
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([undefined, 'Basic x']);
  });

  it.each([429, 500, 529])('does not try again after %i (pitfall 27)', async (status) => {
    const { baseURL, seen } = await serve((_, response) =>
      response.writeHead(status, { 'retry-after': '3' }).end('{"error":{"message":"M"}}'),
    );
    const reply = await openaiChatUpstream.send(built, contextFor({ baseURL }));
    expect([reply.status, await textOf(reply.body), seen.length]).toEqual([status, '{"error":{"message":"M"}}', 1]);
  });

  it('asks again without stream_options where the server does not know it, and records both', async () => {
    const { baseURL } = await serve(({ body }, response) => {
      if (body.stream_options) response.writeHead(400).end('{"error":{"message":"Unrecognized request argument: stream_options"}}');
      else response.end('data: [DONE]\n\n');
    });
    const context = contextFor({ baseURL });
    const reply = await openaiChatUpstream.send(built, context);
    expect([reply.status, await textOf(reply.body)]).toEqual([200, 'data: [DONE]\n\n']);
    expect(context.requests.map(({ body }) => 'stream_options' in body)).toEqual([true, false]);
    expect(context.refused).toEqual([{ status: 400, body: expect.stringContaining('stream_options') as string }]);
  });

  it('gives back any other 400 whole', async () => {
    const { baseURL, seen } = await serve((_, response) => response.writeHead(400).end('{"error":{"message":"bad tools"}}'));
    const reply = await openaiChatUpstream.send(built, contextFor({ baseURL }));
    expect([reply.status, await textOf(reply.body), seen.length]).toEqual([400, '{"error":{"message":"bad tools"}}', 1]);
  });

  it('closes the connection when it is aborted (pitfall 46)', async () => {
    const abort = new AbortController();
    const closed = new Promise<void>((resolve) => {
      void serve((_, response) => {
        response.on('close', () => resolve());
        response.writeHead(200).write('data: {}\n\n');
      }).then(async ({ baseURL }) => {
        const reply = await openaiChatUpstream.send(built, contextFor({ baseURL }, { signal: abort.signal }));
        const iterator = reply.body[Symbol.asyncIterator]();
        await iterator.next();
        abort.abort();
        await expect(iterator.next()).rejects.toThrow();
      });
    });
    await closed;
  });

  it('lists models', async () => {
    const { baseURL, seen } = await serve((_, response) => response.end('{"object":"list","data":[{"id":"a"},{"id":"b"},{}]}'));
    expect(await openaiChatUpstream.listModels?.(contextFor({ baseURL }))).toEqual(['a', 'b']);
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/v1/models' });
    const broken = await serve((_, response) => response.writeHead(401).end('{"error":{"message":"no"}}'));
    await expect(openaiChatUpstream.listModels?.(contextFor({ baseURL: broken.baseURL }))).rejects.toMatchObject({ status: 401 });
  });
});
