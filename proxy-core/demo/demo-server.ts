/**
 * The demo upstream: a small HTTP server on loopback that speaks Anthropic's Messages API, streamed and not,
 * with its models endpoints. It answers where nothing is configured and needs no key. Not a mock of the
 * bridge's internals: the bridge talks to it through the same adapter, SDK and sockets as to the real one.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { countTokens, findFault, readRequest } from './demo-request.ts';
import { writeScript, type Script } from './script.ts';
import { toFrames, toMessage, type CreateId, type DemoFrame } from './wire-frames.ts';

export interface DemoServerOptions {
  /** Pause between two frames, so that a person can watch the stream; 0 sends them as fast as they are read. */
  delayMs?: number;
  /** For ids that must be the same in every run. */
  createId?: CreateId;
}
export interface DemoServer {
  /** Any free port unless one is named; only this machine can reach it. */
  listen(port?: number): Promise<{ baseURL: string; close: () => Promise<void> }>;
}

const MODELS = ['demo-claude', 'demo-claude-mini'];
/** Anthropic's own status for "come back later". */
const OVERLOADED = 529;
const yes = { supported: true };
const CAPABILITIES = {
  thinking: { supported: true, types: { adaptive: yes, enabled: yes, disabled: yes, between_tools: { supported: false } } },
  effort: { supported: true, low: yes, medium: yes, high: yes, xhigh: yes, max: yes },
  structured_outputs: yes,
};

export function createDemoServer({ delayMs = 0, createId = randomId }: DemoServerOptions = {}): DemoServer {
  const server = createServer((request, response) => {
    handle(request, response, { delayMs, createId }).catch((error: unknown) => {
      // A client that left is no fault; anything else would be a bug of the demo, told to the client.
      if (response.headersSent) response.destroy();
      else sendError(response, 500, 'api_error', error instanceof Error ? error.message : 'unknown');
    });
  });
  return {
    async listen(port = 0) {
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
      const { port: bound } = server.address() as AddressInfo;
      const close = (): Promise<void> =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        });
      return { baseURL: `http://127.0.0.1:${bound}`, close };
    },
  };
}

type Settings = Required<DemoServerOptions>;

async function handle(request: IncomingMessage, response: ServerResponse, settings: Settings): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const route = `${request.method ?? ''} ${path}`;
  if (route === 'GET /v1/models') {
    const data = MODELS.map(toModel);
    return sendJson(response, 200, { data, has_more: false, first_id: MODELS[0], last_id: MODELS.at(-1) });
  }
  if (route.startsWith('GET /v1/models/')) return sendJson(response, 200, toModel(decodeURIComponent(path.slice('/v1/models/'.length))));
  if (route !== 'POST /v1/messages' && route !== 'POST /v1/messages/count_tokens') {
    return sendError(response, 404, 'not_found_error', `The demo upstream has no ${route}.`);
  }
  const body = parseJsonObject(await readBody(request));
  if (!body) return sendError(response, 400, 'invalid_request_error', 'The request body is not a JSON object.');
  if (path.endsWith('/count_tokens')) return sendJson(response, 200, { input_tokens: countTokens(body) });
  const fault = findFault(body, String(request.headers['anthropic-version'] ?? ''));
  if (fault !== undefined) return sendError(response, 400, 'invalid_request_error', fault);
  return answer(body, response, settings);
}

async function answer(body: JsonObject, response: ServerResponse, { delayMs, createId }: Settings): Promise<void> {
  const request = readRequest(body);
  const script = writeScript(request);
  if (script.fault === 'overloaded') return sendError(response, OVERLOADED, 'overloaded_error', 'Overloaded');
  if (!request.isStream) return sendJson(response, 200, toMessage(request, script, createId));
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'request-id': createId('req_'),
  });
  for (const frame of withFault(toFrames(request, script, createId), script)) {
    if (response.destroyed) return;
    if (frame === 'cut') return cut(response);
    await write(response, `event: ${frame.event}\ndata: ${JSON.stringify(frame.data)}\n\n`);
    if (delayMs > 0) await delay(delayMs);
  }
  response.end();
}

/** Half of the answer, then what went wrong. */
function withFault(frames: DemoFrame[], { fault }: Script): (DemoFrame | 'cut')[] {
  if (fault === undefined) return frames;
  const half = frames.slice(0, Math.ceil(frames.length / 2));
  if (fault === 'cut') return [...half, 'cut'];
  return [...half, { event: 'error', data: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } }];
}

/** What was written must be on its way first, or the client would see no answer at all. */
function cut(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.write('\n', () => {
      response.destroy();
      resolve();
    });
  });
}

/** Waits until the client has taken enough, or has left. */
function write(response: ServerResponse, text: string): Promise<void> {
  if (response.write(text) || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}

function toModel(id: string): JsonObject {
  return {
    type: 'model',
    id,
    display_name: `Demo (${id})`,
    created_at: '2026-01-01T00:00:00Z',
    max_input_tokens: 200_000,
    max_tokens: 64_000,
    capabilities: CAPABILITIES,
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, body: JsonObject, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function sendError(response: ServerResponse, status: number, type: string, message: string): void {
  const headers: Record<string, string> = status === OVERLOADED ? { 'retry-after': '1' } : {};
  sendJson(response, status, { type: 'error', error: { type, message }, request_id: null }, headers);
}

function randomId(prefix: string): string {
  return `${prefix}demo${randomBytes(12).toString('hex')}`;
}
