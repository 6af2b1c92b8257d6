/**
 * Who may reach what: every route of the control API, as the router itself lists them (so that a new one can't
 * be forgotten), refused to pages of other origins, under other names and without the token; and no input in a
 * path, a query, a header or an archive leads out of the data folder.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as sendRequest, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express, { type Router } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { writeZip } from '../../proxy-core/bundle/write-zip.ts';
import type { Session, SessionWithSteps } from '../../proxy-core/protocol/api/control-api.ts';
import { createControlRouter } from '../../proxy-core/server/api/index.ts';
import { createPageRouter } from '../../proxy-core/server/routes/page.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';
import { makeDir } from './store-stage.ts';

interface Route {
  method: string;
  path: string;
}

interface Layer {
  handle: { stack?: Layer[] };
  route?: { path: string; methods: Record<string, boolean> };
}

/** What a router answers to, nested ones included. */
function listRoutes(router: Router): Route[] {
  const walk = (layers: Layer[]): Route[] =>
    layers.flatMap((layer) => {
      if (!layer.route) return walk(layer.handle.stack ?? []);
      const { path, methods } = layer.route;
      return Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: `/api${path}` }));
    });
  return walk((router as unknown as { stack: Layer[] }).stack);
}

/** Stands for all that routes are made of: here they are only listed, never run. */
const nothing: object = new Proxy(() => nothing, { get: () => nothing });
const routes = listRoutes(createControlRouter(nothing as Parameters<typeof createControlRouter>[0]));

let parent: string;
let proxy: TestProxy;
let session: SessionWithSteps;
let cookie: string;

beforeAll(async () => {
  parent = makeDir();
  mkdirSync(join(parent, 'data'));
  writeFileSync(join(parent, 'outside.txt'), 'CANARY of a file outside');
  proxy = await startProxy({ dataDir: join(parent, 'data') });
  await (
    await fetch(`${proxy.ready.apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo/demo-claude', input: 'CANARY of a session' }),
    })
  ).text();
  const { sessions } = await proxy.api<{ sessions: Session[] }>('/api/sessions');
  session = await proxy.session(sessions[0]?.id ?? '');
  cookie = `deltascope-token-${new URL(proxy.ready.url).port}=${proxy.ready.token}`;
});
afterAll(async () => {
  await proxy.close();
  rmSync(parent, { recursive: true, force: true });
});

interface Answer {
  status: number;
  text: string;
  headers: NodeJS.Dict<string | string[]>;
}

/** By Node's own request, which sends a path as it is, and any Host and Origin. The live feed never ends, so its head is enough. */
function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string | Buffer): Promise<Answer> {
  const { port } = new URL(proxy.ready.url);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = sendRequest(
      { host: '127.0.0.1', port, method, path, headers: { host: `127.0.0.1:${port}`, ...length, ...headers } },
      (reply) => {
        const parts: Buffer[] = [];
        const end = () => resolve({ status: reply.statusCode ?? 0, text: Buffer.concat(parts).toString('latin1'), headers: reply.headers });
        if (String(reply.headers['content-type']).startsWith('text/event-stream')) {
          end();
          return void reply.destroy();
        }
        reply.on('data', (part: Buffer) => parts.push(part)).on('end', end);
      },
    );
    sent.on('error', reject).end(body);
  });
}

const withToken = () => ({ authorization: `Bearer ${proxy.ready.token}` });

function fill(path: string, id?: string): string {
  const own = path.startsWith('/api/steps') ? (session.steps[0]?.id ?? '') : session.id;
  return path.replaceAll(/:\w+/g, id ?? own);
}

describe('every route of the control API', () => {
  it('is listed', () => {
    const listed = routes.map(({ method, path }) => `${method} ${path}`);
    for (const known of [
      'GET /api/sessions',
      'DELETE /api/sessions/:id',
      'GET /api/live',
      'POST /api/imports',
      'GET /api/sessions/:id/bundle',
      'PATCH /api/keep',
    ])
      expect(listed).toContain(known);
    expect(listed.length).toBeGreaterThan(20);
  });

  it('but /api/health wants the token, in whatever form it is asked for', async () => {
    for (const { method, path } of routes) {
      if (path === '/api/health') continue;
      for (const headers of [
        {},
        { authorization: 'Bearer wrong' },
        { authorization: 'Bearer ' },
        { cookie: cookie.replace(/=.*/, '=wrong') },
        { 'x-deltascope-token': '' },
      ]) {
        const answer = await ask(method, fill(path), headers as Record<string, string>, '{}');
        expect([method, path, headers, answer.status]).toEqual([method, path, headers, 401]);
      }
      for (const spelled of [fill(path).replace('/api', '/API'), fill(path).replace('/api', '/Api'), `http://127.0.0.1${fill(path)}`]) {
        expect([method, spelled, (await ask(method, spelled, {}, '{}')).status]).toEqual([method, spelled, 401]);
      }
    }
    expect((await ask('GET', '/api/health')).status).toBe(200);
  });

  it('is refused under other names and to pages of other origins, also with the token or the cookie', async () => {
    const { port } = new URL(proxy.ready.url);
    const foreign: Record<string, string>[] = [
      { host: `rebound.example:${port}` },
      { host: `127.0.0.1.rebound.example:${port}` },
      { host: `0.0.0.0:${port}` },
      { host: `[::]:${port}` },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://localhost:${Number(port) + 1}` },
      { origin: `http://127.0.0.1.evil.example:${port}` },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' },
    ];
    for (const { method, path } of routes) {
      for (const from of foreign) {
        for (const credential of [withToken(), { cookie }]) {
          const answer = await ask(method, fill(path), { ...from, ...credential } as Record<string, string>, '{}');
          expect([method, path, from, answer.status]).toEqual([method, path, from, 403]);
          expect(answer.headers['access-control-allow-origin']).toBeUndefined();
          expect(answer.text).not.toContain('CANARY');
        }
      }
    }
    // Nothing of it was carried out.
    expect((await proxy.session(session.id)).steps).toHaveLength(1);
  });

  it('is not changed by a form of another page: the cookie stays at home, and what it would send is refused', async () => {
    const signIn = await ask('GET', `/?token=${proxy.ready.token}`);
    expect(String(signIn.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/);
    const form = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example', cookie };
    for (const { method, path } of routes.filter((route) => route.method !== 'GET')) {
      expect([path, (await ask(method, fill(path), form, 'a=b')).status]).toEqual([path, 403]);
    }
    // No other method stands for one that changes something.
    const override = { cookie, 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
    await ask('GET', `/api/sessions/${session.id}?_method=DELETE`, override);
    await ask('POST', `/api/sessions/${session.id}?_method=DELETE`, override, '_method=DELETE');
    expect((await proxy.session(session.id)).id).toBe(session.id);
  });

  it('is not reached by another way to write its path', async () => {
    for (const path of [
      '//api/sessions',
      '/./api/sessions',
      '/v1/../api/sessions',
      '/%61pi/sessions',
      '/api%2Fsessions',
      '/api\\sessions',
      '/api;x/sessions',
      '/u/demo/../../api/sessions',
      '/t/x/api/sessions',
    ]) {
      const answer = await ask('GET', path);
      expect([path, answer.status >= 400 && answer.status < 500]).toEqual([path, true]);
      expect(answer.text).not.toContain('CANARY');
    }
  });
});

describe('the data plane and its WebSocket', () => {
  it('are refused under other names and to pages of other origins', async () => {
    const { port } = new URL(proxy.ready.url);
    for (const path of [
      '/v1/responses',
      '/v1/models',
      '/u/demo/v1/responses',
      '/quirks/latency/v1/responses',
      '/replay/x/v1/responses',
      '/',
    ]) {
      for (const from of [{ host: `rebound.example:${port}` }, { origin: 'https://evil.example' }, { origin: 'null' }]) {
        expect([path, from, (await ask('POST', path, from as unknown as Record<string, string>, '{}')).status]).toEqual([path, from, 403]);
      }
    }
    const refused = (headers: Record<string, string>) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`${proxy.ready.url.replace('http', 'ws')}/v1/responses`, { headers });
        socket.on('open', () => (socket.close(), resolve('opened')));
        socket.on('error', (error) => resolve(error.message));
      });
    expect(await refused({ origin: 'https://evil.example' })).toContain('403');
    expect(await refused({ origin: 'null' })).toContain('403');
    expect(await refused({ host: `rebound.example:${port}` })).toContain('403');
    expect(await refused({})).toBe('opened');
  });
});

describe('paths and queries', () => {
  const ways = [
    '../outside.txt',
    '..%2foutside.txt',
    '%2e%2e%2f%2e%2e%2foutside.txt',
    '..%5coutside.txt',
    '%2e%2e',
    '..',
    '.',
    '%2fetc%2fpasswd',
    '/etc/passwd',
    'C:%5cWindows',
    'x%00',
    '%00',
    '%0d%0ax-evil:1',
    '%E0%A4%A',
    '%ff%fe',
    '%25%32%65',
    'bridge.json',
    '..%2fdata%2fbridge.json',
    '__proto__',
    'constructor',
    "'%20OR%201=1--",
    '%22%3E%3Cscript%3E',
    'a'.repeat(8_000),
    `${'%2e%2e%2f'.repeat(500)}outside.txt`,
  ];

  it('of every route lead nowhere but into the store', async () => {
    for (const { method, path } of routes.filter((route) => route.path.includes(':'))) {
      for (const way of ways) {
        const answer = await ask(method, fill(path, way), withToken(), '{}');
        const name = [method, path, way.slice(0, 60)];
        expect([...name, answer.status >= 400 && answer.status < 500]).toEqual([...name, true]);
        expect(answer.text).not.toContain('CANARY');
        expect(answer.headers['x-evil']).toBeUndefined();
      }
    }
  });

  it('of every query lead nowhere but into the store', async () => {
    const queries = [
      '/api/sessions?q=',
      '/api/sessions?cursor=',
      '/api/sessions?limit=',
      '/api/diff?right=x&left=',
      '/api/diff?left=x&right=',
      `/api/steps/${session.steps[0]?.id}/events?after=`,
      `/api/steps/${session.steps[0]?.id}/upstream?attempt=`,
      `/api/sessions/${session.id}/export?format=`,
      `/api/sessions/${session.id}/bundle?redact=`,
      `/v1/responses/x/input_items?after=`,
    ];
    for (const query of queries) {
      for (const way of ways) {
        const answer = await ask('GET', query + way, withToken());
        expect([query, way.slice(0, 60), answer.status < 500]).toEqual([query, way.slice(0, 60), true]);
        expect(answer.text).not.toMatch(/CANARY of a file|root:.*:0:0/);
      }
    }
  });

  it('of the data plane lead nowhere', async () => {
    for (const way of ways) {
      for (const path of [
        `/v1/responses/${way}`,
        `/v1/responses/${way}/input_items`,
        `/u/${way}/v1/responses`,
        `/quirks/${way}/v1/responses`,
        `/replay/${way}/v1/responses`,
        `/t/${way}/v1/models`,
        `/${way}`,
        `/assets/${way}`,
      ]) {
        const answer = await ask('GET', path);
        expect([path.slice(0, 60), answer.status < 500]).toEqual([path.slice(0, 60), true]);
        expect(answer.text).not.toMatch(/CANARY|root:.*:0:0|"token"/);
      }
    }
  });

  it('of the page stay in its folder', async () => {
    const folder = join(parent, 'page');
    mkdirSync(join(folder, 'assets'), { recursive: true });
    writeFileSync(join(folder, 'index.html'), '<h1>page</h1>');
    writeFileSync(join(folder, '.hidden'), 'CANARY of a hidden file');
    const app = express();
    app.use(createPageRouter(folder));
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const get = (path: string) =>
      new Promise<string>((resolve, reject) => {
        sendRequest({ host: '127.0.0.1', port, path }, (reply) => {
          let text = '';
          reply
            .setEncoding('latin1')
            .on('data', (part: string) => (text += part))
            .on('end', () => resolve(text));
        })
          .on('error', reject)
          .end();
      });
    expect(await get('/')).toContain('<h1>page</h1>');
    for (const way of [...ways, '.hidden', '../data/bridge.json', '..%2fdata%2fbridge.json']) {
      for (const path of [`/${way}`, `/assets/${way}`, `/assets/../${way}`])
        expect(await get(path)).not.toMatch(/CANARY|"token"|root:.*:0:0/);
    }
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('of files that are brought in are only names; nothing is written beside the store', async () => {
    const stream = Buffer.from(
      'event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1"}}\n\n',
    );
    const members = new Map<string, Uint8Array>([['good.sse', stream]]);
    const zip = await writeZip(members);
    const evil = Buffer.from(zip.toString('latin1').replaceAll('good.sse', '../x.sse'), 'latin1');
    for (const [name, bytes] of [
      ['../../escaped.sse', stream],
      ['..%2f..%2fescaped.sse', stream],
      ['/etc/escaped.sse', stream],
      ['a%00.sse', stream],
      [`${'a'.repeat(4_000)}.sse`, stream],
      ['evil.zip', evil],
    ] as const) {
      const answer = await ask('POST', '/api/imports', { ...withToken(), 'x-file-name': name }, bytes);
      expect([name.slice(0, 40), answer.status < 500]).toEqual([name.slice(0, 40), true]);
    }
    expect(readdirSync(parent).toSorted()).toEqual(['data', 'outside.txt']);
    const known = ['bridge.json', 'bridge.lock', 'deltascope.db', 'deltascope.db-shm', 'deltascope.db-wal'];
    expect(readdirSync(join(parent, 'data')).filter((name) => !known.includes(name))).toEqual([]);
    expect(readFileSync(join(parent, 'outside.txt'), 'utf8')).toBe('CANARY of a file outside');
  });
});
