/**
 * A stand-in for the bridge's control plane, for tests of the page alone: serves a built page and canned
 * API data over real HTTP. Sessions come from real captures (when they are there) or are generated at
 * any size; a live session can be driven event by event. Findings come from the real linter.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { SessionWithSteps } from '../../proxy-core/protocol/api/control-api.ts';
import { packChunkColumns } from '../../proxy-core/protocol/columns/chunk-columns.ts';
import { packEventColumns } from '../../proxy-core/protocol/columns/event-columns.ts';
import { parseJson } from '../../proxy-core/protocol/json.ts';
import { toChunkColumns, toEventColumns } from '../../renderer/model/example-rows.ts';
import type { MockSession, MockStep } from './mock-sessions.ts';

export interface MockBridge {
  url: string;
  sessions: MockSession[];
  send(event: 'session' | 'step' | 'events', data: unknown): void;
  close(): Promise<void>;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
/** The policy the bridge serves the page with: whatever the page does must work under it. */
const CSP =
  "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'";

export async function startMockBridge(pageFolder: string, sessions: MockSession[]): Promise<MockBridge> {
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    void answer(request, response, { pageFolder, sessions, listeners });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    sessions,
    send(event, data) {
      for (const listener of listeners) listener.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    async close() {
      for (const listener of listeners) listener.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Site {
  pageFolder: string;
  sessions: MockSession[];
  listeners: Set<ServerResponse>;
}

async function answer(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://mock');
  const json = (value: unknown, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (!url.pathname.startsWith('/api/')) return sendFile(url.pathname, response, site.pageFolder);
  const parts = url.pathname.split('/').slice(2).map(decodeURIComponent);
  const after = Number(url.searchParams.get('after') ?? -1);
  const limit = Number(url.searchParams.get('limit') ?? 500);
  const found = site.sessions.find(({ session }) => session.id === parts[1]);
  const step = site.sessions.flatMap((entry) => entry.steps).find((entry) => entry.step.id === parts[1]);
  if (parts[0] === 'live') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': hello\n\n');
    site.listeners.add(response);
    request.on('close', () => site.listeners.delete(response));
    return;
  }
  if (parts[0] === 'info') return json(bridgeInfo());
  if (parts[0] === 'demo-runs') return json({ sessionId: site.sessions[0]?.session.id });
  if (parts[0] === 'imports') return json({ sessions: site.sessions.slice(0, 1).map(({ session }) => session.id), skipped: [] });
  if (parts[0] === 'sessions' && parts.length === 1) {
    const query = (url.searchParams.get('q') ?? '').toLowerCase();
    return json({
      sessions: site.sessions.map(({ session }) => session).filter((session) => JSON.stringify(session).toLowerCase().includes(query)),
      nextCursor: null,
    });
  }
  if (parts[0] === 'sessions' && found !== undefined) {
    if (request.method === 'DELETE') {
      site.sessions.splice(site.sessions.indexOf(found), 1);
      response.writeHead(204).end();
      return;
    }
    if (request.method === 'PATCH') {
      Object.assign(found.session, parseJson(await readBody(request)));
      return json(found.session);
    }
    const body: SessionWithSteps = { ...found.session, steps: found.steps.map((entry) => entry.step) };
    return json(body);
  }
  if (parts[0] === 'steps' && step !== undefined) {
    if (parts[2] === undefined) return json(step.detail);
    if (parts[2] === 'events') return json({ events: step.events.slice(after + 1, after + 1 + limit), total: step.events.length });
    if (parts[2] === 'chunks') return json({ chunks: step.chunks.slice(after + 1, after + 1 + limit), total: step.chunks.length });
    if (parts[2] === 'columns') return sendColumns(response, step, { of: parts[3], after, limit });
    if (parts[2] === 'findings') return json({ findings: step.findings });
    if (parts[2] === 'verdicts') return json({ verdicts: step.verdicts });
    if (parts[2] === 'emitted') {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(step.emitted);
      return;
    }
  }
  json({ error: { message: `nothing at ${url.pathname}`, type: 'not_found', param: null, code: null } }, 404);
}

function sendColumns(response: ServerResponse, step: MockStep, page: { of: string | undefined; after: number; limit: number }): void {
  const { after, limit } = page;
  const toUtf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
  const bytes =
    page.of === 'events'
      ? packEventColumns(
          { ...toEventColumns(step.events.slice(after + 1, after + 1 + limit), after + 1), total: step.events.length },
          toUtf8,
        )
      : packChunkColumns(
          { ...toChunkColumns(step.chunks.slice(after + 1, after + 1 + limit), after + 1), total: step.chunks.length },
          toUtf8,
        );
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  response.end(bytes);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function sendFile(path: string, response: ServerResponse, folder: string): void {
  const file = join(folder, path === '/' ? 'index.html' : path);
  if (!file.startsWith(folder) || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': CSP });
  response.end(readFileSync(file));
}

function bridgeInfo() {
  return {
    version: '0.1.0',
    url: 'http://127.0.0.1:4141',
    apiBase: 'http://127.0.0.1:4141/v1',
    dataDir: '/home/you/.local/share/deltascope',
    upstreams: [
      { name: 'anthropic', kind: 'anthropic', baseURL: 'https://api.anthropic.com', isDefault: true, credential: 'ANTHROPIC_API_KEY' },
      {
        name: 'openai',
        kind: 'responses',
        baseURL: 'https://api.openai.com/v1',
        isDefault: false,
        credential: 'OPENAI_API_KEY is not set',
      },
      {
        name: 'gemini',
        kind: 'gemini',
        baseURL: 'https://generativelanguage.googleapis.com',
        isDefault: false,
        credential: 'GEMINI_API_KEY is not set',
      },
      { name: 'demo', kind: 'anthropic', baseURL: 'built in', isDefault: false, credential: 'built in, no key' },
    ],
    recorderTrouble: null,
    keep: { sizeBytes: 10_000_000_000, days: null, isFixed: { size: false, days: false }, storeBytes: 45_600_000 },
  };
}
