/** The Anthropic adapter against real sockets: what goes out, what comes back, and who aborts whom. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { anthropicUpstream } from '../../proxy-core/upstreams/anthropic/index.ts';
import { parseJson } from '../../proxy-core/protocol/json.ts';
import type { SendContext, UpstreamConfig, UpstreamReply } from '../../proxy-core/upstreams/upstream.ts';

const servers: Server[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve).closeAllConnections())));
});

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ baseURL: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      });
      answer(request, response);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const built = { body: { model: 'claude-x', max_tokens: 64_000, stream: true, messages: [] }, warnings: [] };

function contextOf(baseURL: string, more: Partial<SendContext> & { headers?: UpstreamConfig['headers'] } = {}): SendContext {
  const { headers, ...rest } = more;
  return {
    config: { name: 'anthropic', kind: 'anthropic', baseURL, ...(headers ? { headers } : {}) },
    model: 'claude-x',
    credential: 'sk-test',
    signal: new AbortController().signal,
    onRequest: () => undefined,
    ...rest,
  };
}

async function bytesOf(reply: UpstreamReply): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of reply.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

describe('anthropic adapter', () => {
  it('gives the raw body back, byte for byte, without an SDK parser in between', async () => {
    const body = 'data: {"type":"odd"}\r\n\r\n: comment\n\nnot even sse é';
    const { baseURL } = await serve((_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(body));
    const reply = await anthropicUpstream.send(built, contextOf(baseURL));
    expect(reply.status).toBe(200);
    expect(await bytesOf(reply)).toBe(body);
  });

  it('decodes gzip', async () => {
    const { baseURL } = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('plain')));
    expect(await bytesOf(await anthropicUpstream.send(built, contextOf(baseURL)))).toBe('plain');
  });

  it('pitfall 22: a compatible server gets the key in both forms, and the tap sees what goes out', async () => {
    const { baseURL, seen } = await serve((_, response) => response.end());
    const onRequest = vi.fn<SendContext['onRequest']>();
    await anthropicUpstream.send(built, contextOf(`${baseURL}/`, { onRequest }));
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/v1/messages',
      body: JSON.stringify(built.body),
      headers: {
        authorization: 'Bearer sk-test',
        'x-api-key': 'sk-test',
        'anthropic-version': '2026-10-21',
        'content-type': 'application/json',
      },
    });
    const tapped = onRequest.mock.calls[0]?.[0];
    expect(tapped).toMatchObject({ method: 'POST', url: `${baseURL}/v1/messages` });
    expect(Buffer.from(tapped?.body ?? []).toString('utf8')).toBe(seen[0]?.body);
    for (const [name, value] of tapped?.headers ?? []) expect(seen[0]?.headers[name]).toBe(value);
  });

  it('pitfall 22: a configured auth header replaces both forms; version and betas come from configuration and hints', async () => {
    const { baseURL, seen } = await serve((_, response) => response.end());
    const headers = { 'X-Api-Key': 'other', 'anthropic-version': '2023-06-01', 'anthropic-beta': 'a' };
    await anthropicUpstream.send({ ...built, hints: { betas: ['b'] } }, contextOf(baseURL, { headers }));
    expect(seen[0]?.headers).toMatchObject({ 'x-api-key': 'other', 'anthropic-version': '2023-06-01', 'anthropic-beta': 'a,b' });
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('takes nothing from the environment', async () => {
    const { baseURL, seen } = await serve((_, response) => response.end());
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-env');
    vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'tok-env');
    vi.stubEnv('ANTHROPIC_BASE_URL', 'http://127.0.0.1:1');
    vi.stubEnv('ANTHROPIC_CUSTOM_HEADERS', 'X-Leak: secret\nAuthorization: Bearer leak');
    await anthropicUpstream.send(built, contextOf(baseURL, { credential: null }));
    await anthropicUpstream.send(built, contextOf(baseURL));
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
    expect(seen[0]?.headers).not.toHaveProperty('x-api-key');
    expect(JSON.stringify(seen)).not.toMatch(/env|leak|secret/i);
    expect(seen[1]?.headers.authorization).toBe('Bearer sk-test');
  });

  it('says which upstream has no key', async () => {
    const { baseURL, seen } = await serve((_, response) => response.end());
    await expect(anthropicUpstream.send(built, contextOf(baseURL, { credential: '' }))).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining('"anthropic" has no API key'),
    });
    const real = contextOf('https://api.anthropic.com', { credential: null });
    await expect(anthropicUpstream.send(built, real)).rejects.toMatchObject({ status: 401 });
    expect(seen).toEqual([]);
  });

  it.each([400, 429, 500, 529])('pitfall 27: %i is an answer, asked for exactly once', async (status) => {
    const { baseURL, seen } = await serve((_, response) => response.writeHead(status, { 'retry-after': '1' }).end('{"type":"error"}'));
    const reply = await anthropicUpstream.send(built, contextOf(baseURL));
    expect(reply.status).toBe(status);
    expect(reply.headers).toContainEqual(['retry-after', '1']);
    expect(await bytesOf(reply)).toBe('{"type":"error"}');
    expect(seen).toHaveLength(1);
  });

  it('names the network fault, once', async () => {
    const { baseURL } = await serve((request) => request.socket.destroy());
    await expect(anthropicUpstream.send(built, contextOf(baseURL))).rejects.toThrow(/closed|ECONNRESET/i);
    await expect(anthropicUpstream.send(built, contextOf('http://127.0.0.1:1'))).rejects.toThrow(/ECONNREFUSED|bad port/i);
  });

  it('pitfall 46: an abort closes the upstream connection, before and during the answer', async () => {
    const during = new AbortController();
    const before = new AbortController();
    const closings: Promise<unknown>[] = [];
    const { baseURL } = await serve((request, response) => {
      closings.push(once(request.socket, 'close'));
      // The second request is never answered: its client leaves while it waits for headers.
      if (closings.length === 2) before.abort();
      else response.writeHead(200).write('data: {}\n\n');
    });
    const reply = await anthropicUpstream.send(built, contextOf(baseURL, { signal: during.signal }));
    const reading = bytesOf(reply);
    during.abort();
    await expect(reading).rejects.toThrow(/abort/i);
    await expect(anthropicUpstream.send(built, contextOf(baseURL, { signal: before.signal }))).rejects.toThrow(/abort/i);
    await Promise.all(closings);
    expect(closings).toHaveLength(2);
  });

  it('asks models and token counts', async () => {
    const { baseURL, seen } = await serve((request, response) => {
      const answers: Record<string, unknown> = {
        '/v1/models?limit=1000': { data: [{ id: 'claude-a' }, { id: 'claude-b' }] },
        '/v1/models/claude-x': { id: 'claude-x', max_tokens: 32_000, capabilities: null },
        '/v1/messages/count_tokens': { input_tokens: 12 },
      };
      const answer = answers[request.url ?? ''];
      response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
    });
    const context = contextOf(baseURL);
    expect(await anthropicUpstream.listModels?.(context)).toEqual(['claude-a', 'claude-b']);
    expect(await anthropicUpstream.fetchCapabilities?.(context)).toMatchObject({ maxOutputTokens: 32_000, raw: { id: 'claude-x' } });
    expect(await anthropicUpstream.fetchCapabilities?.({ ...context, model: 'unknown' })).toBeUndefined();
    expect(await anthropicUpstream.countTokens?.(built, context)).toBe(12);
    expect(parseJson(seen.at(-1)?.body ?? '')).toEqual({ model: 'claude-x', messages: [] });
  });
});
