import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { callUpstream } from './call-upstream.ts';

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function read(url: string, more: Partial<Parameters<typeof callUpstream>[0]> = {}) {
  const reply = await callUpstream({ method: 'GET', url, headers: [], signal: new AbortController().signal, ...more });
  const pieces: Uint8Array[] = [];
  for await (const bytes of reply.body) pieces.push(bytes);
  return { ...reply, pieces, text: Buffer.concat(pieces).toString('utf8') };
}

describe('a call of an upstream', () => {
  it.each([
    ['gzip', gzipSync('plain')],
    ['deflate', deflateSync('plain')],
    ['br', brotliCompressSync('plain')],
    ['gzip, br', brotliCompressSync(gzipSync('plain'))],
    ['unheard-of', Buffer.from('plain')],
  ])('gives the bytes without their encoding: %s', async (encoding, body) => {
    const url = await serve((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body));
    expect((await read(url)).text).toBe('plain');
  });

  it('sends headers and body as they were given, and the length', async () => {
    const url = await serve((request, response) => {
      request.pipe(response.writeHead(200, { seen: JSON.stringify(request.headers) }));
    });
    const { text, headers } = await read(`${url}/a?b=c`, {
      method: 'POST',
      headers: [['X-Own', 'yes']],
      body: Buffer.from('héllo'),
    });
    expect(text).toBe('héllo');
    expect(new Map(headers).get('seen')).toMatch(/"x-own":"yes".*"content-length":"6"/);
    const empty = await read(url, { method: 'POST' });
    expect(new Map(empty.headers).get('seen')).toContain('"content-length":"0"');
  });

  it('joins what comes in one read, and keeps what comes apart', async () => {
    let goOn: () => void = () => undefined;
    const url = await serve((_, response) => {
      response.cork();
      response.write('a');
      response.write('b');
      response.uncork();
      goOn = () => void response.end('c');
    });
    const reply = await callUpstream({ method: 'GET', url, headers: [], signal: new AbortController().signal });
    const pieces: string[] = [];
    for await (const bytes of reply.body) {
      pieces.push(Buffer.from(bytes).toString());
      goOn();
    }
    expect(pieces).toEqual(['ab', 'c']);
  });

  it('gives what came before a cut, then says what happened', async () => {
    const url = await serve((_, response) => void response.write('half', () => response.destroy()));
    const reply = await callUpstream({ method: 'GET', url, headers: [], signal: new AbortController().signal });
    const body = reply.body[Symbol.asyncIterator]();
    expect(Buffer.from((await body.next()).value as Uint8Array).toString()).toBe('half');
    await expect(body.next()).rejects.toThrow('the connection was closed before the answer was complete');
  });

  it('says so when nobody answers', async () => {
    const url = await serve((request) => void request.socket.destroy());
    await expect(read(url)).rejects.toThrow('the connection was closed before the answer was complete');
    await expect(read('http://127.0.0.1:1')).rejects.toThrow('ECONNREFUSED');
  });

  it('ends with the reason of an abort, before the answer and in it', async () => {
    const url = await serve((request, response) => void (request.url === '/begins' && response.write('a')));
    for (const path of ['/silent', '/begins']) {
      const abort = new AbortController();
      const reading = read(url + path, { signal: abort.signal });
      setImmediate(() => abort.abort('client-gone'));
      await expect(reading).rejects.toThrow('aborted (client-gone)');
    }
  });

  it('closes the connection when the reader has enough', async () => {
    let isClosed: Promise<unknown> = Promise.resolve();
    const url = await serve((request, response) => {
      isClosed = new Promise((resolve) => void request.socket.on('close', resolve));
      response.write('a');
    });
    const reply = await callUpstream({ method: 'GET', url, headers: [], signal: new AbortController().signal });
    for await (const bytes of reply.body) if (bytes.length > 0) break;
    await isClosed;
  });

  it('lets the upstream wait for a slow reader, and loses nothing', async () => {
    const size = 20_000_000;
    let written = 0;
    const url = await serve((_, response) => {
      const write = (): void => {
        while (written < size) {
          written += 10_000;
          if (!response.write('x'.repeat(10_000))) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    });
    const reply = await callUpstream({ method: 'GET', url, headers: [], signal: new AbortController().signal });
    let count = 0;
    for await (const bytes of reply.body) {
      // What waits here is a part of what was written; the rest is in the buffers of sockets.
      if (count === 0) expect(written).toBeLessThan(size);
      count += bytes.length;
    }
    expect(count).toBe(size);
  });

  it('follows a 308 with the body, and takes credentials to no other origin', async () => {
    const seen: unknown[] = [];
    const target = await serve((request, response) => {
      seen.push([request.method, request.headers.authorization, request.headers['x-kept']]);
      request.pipe(response);
    });
    const url = await serve((_, response) => response.writeHead(308, { location: `${target}/there` }).end());
    const call = { method: 'POST', body: Buffer.from('body'), headers: [['Authorization', 'Bearer a'] as const, ['x-kept', 'b'] as const] };
    expect((await read(url, { ...call, followsRedirects: true })).text).toBe('body');
    expect(seen).toEqual([['POST', undefined, 'b']]);
    expect((await read(url, call)).status).toBe(308);
  });
});
