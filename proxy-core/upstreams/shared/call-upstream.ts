/**
 * One HTTP request to an upstream, on kept connections: status, headers, and the body's content-decoded
 * bytes as they arrive. Not fetch: its streams cost more than the rest of a short step together
 * (docs/benchmarks.md). Nothing is tried twice, and an HTTP error is an answer and no throw.
 */
import { Agent as HttpAgent, request as requestHttp, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { UpstreamReply } from '../upstream.ts';
import { createByteQueue } from './byte-queue.ts';
import { decodeContent } from './decode-content.ts';

export interface UpstreamCall {
  method: string;
  url: string;
  /** As they are sent; host, length, and what a server needs to answer at all are added. */
  headers: readonly (readonly [name: string, value: string])[];
  body?: Uint8Array;
  signal: AbortSignal;
  /** True: a 307 or 308 is followed, without credentials when it leads to another origin. */
  followsRedirects?: boolean;
}

/** Shorter than servers keep an idle connection (Node's 5 s is the shortest): a request must not meet its end. */
const IDLE_SOCKET_MS = 4_000;
const MAX_REDIRECTS = 5;
const DEFAULT_HEADERS = [
  ['accept', '*/*'],
  ['accept-encoding', 'gzip, br'],
  ['user-agent', 'deltascope'],
] as const;
const CREDENTIALS = new Set(['authorization', 'x-api-key', 'x-goog-api-key', 'api-key', 'cookie']);

/** A proxy between us and the world is used where Node itself would use it. */
const proxy = process.env['NODE_USE_ENV_PROXY'] === '1' ? { proxyEnv: process.env } : {};
const agents = {
  http: new HttpAgent({ keepAlive: true, timeout: IDLE_SOCKET_MS, ...proxy }),
  https: new HttpsAgent({ keepAlive: true, timeout: IDLE_SOCKET_MS, ...proxy }),
};

/** @throws Error in the system's own words when no answer came, and when the signal says stop. */
export async function callUpstream(call: UpstreamCall): Promise<UpstreamReply> {
  let { url, headers } = call;
  for (let redirects = 0; ; redirects++) {
    const reply = await send({ ...call, url, headers });
    const location = reply.headers.find(([name]) => name === 'location')?.[1];
    const isRedirect = reply.status === 307 || reply.status === 308;
    if (!call.followsRedirects || !isRedirect || location === undefined || redirects === MAX_REDIRECTS) return reply;
    // What it says beside the address is not worth waiting for.
    await reply.body[Symbol.asyncIterator]().return?.();
    const target = new URL(location, url);
    if (target.origin !== new URL(url).origin) headers = headers.filter(([name]) => !CREDENTIALS.has(name.toLowerCase()));
    url = target.href;
  }
}

function send({ method, url, headers, body, signal }: UpstreamCall): Promise<UpstreamReply> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(toAbortError(signal));
    const request = open(new URL(url), method, toWireHeaders({ method, url, headers, body }));
    /** Once the headers are there, it is the body that breaks. */
    let fail: (error: Error) => void = reject;
    const onAbort = (): void => {
      fail(toAbortError(signal));
      request.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    request.on('close', () => signal.removeEventListener('abort', onAbort));
    request.on('error', (error) => fail(toPlainError(error)));
    // Not asked for, so nobody would close what comes with it.
    request.on('upgrade', (_reply, socket) => void socket.destroy());
    request.on('response', (reply) => {
      const replyHeaders = toHeaderList(reply.rawHeaders);
      const queue = createByteQueue(decodeContent(reply, replyHeaders), { onReturn: () => void request.destroy(), toPlainError });
      fail = queue.fail;
      resolve({ status: reply.statusCode ?? 0, headers: replyHeaders, body: queue });
    });
    request.end(body);
  });
}

function open({ protocol, hostname, port, pathname, search }: URL, method: string, headers: string[]): ClientRequest {
  const isSecure = protocol === 'https:';
  const place = { hostname: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? undefined : Number(port), path: pathname + search };
  const options = { ...place, method, headers, agent: isSecure ? agents.https : agents.http };
  return isSecure ? requestHttps(options) : requestHttp(options);
}

/** Node's flat list keeps order and spelling, and adds nothing of its own. */
function toWireHeaders({
  method,
  url,
  headers,
  body,
}: Pick<UpstreamCall, 'method' | 'url' | 'headers'> & { body: Uint8Array | undefined }): string[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const wire = ['host', new URL(url).host, ...headers.flat()];
  for (const [name, value] of DEFAULT_HEADERS) if (!names.has(name)) wire.push(name, value);
  const size = body?.length ?? 0;
  // Without a length Node would send an empty POST in chunks.
  if (size > 0 || method === 'POST') wire.push('content-length', String(size));
  return wire;
}

/** Lower-case names; a name that comes twice is one header, but for cookies. */
function toHeaderList(raw: readonly string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    const known = name === 'set-cookie' ? undefined : headers.find(([other]) => other === name);
    if (known) known[1] += `, ${raw[i + 1]}`;
    else headers.push([name, raw[i + 1] as string]);
  }
  return headers;
}

function toAbortError({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(`The request was aborted (${String(reason)}).`);
}

/** Node's words for a broken connection depend on the moment, and are its own. */
function toPlainError(error: Error & { code?: string; errors?: unknown }): Error {
  const [first] = Array.isArray(error.errors) ? (error.errors as unknown[]) : [];
  // Several addresses were tried: the first says what the others say.
  if (error.message === '' && first instanceof Error) return first;
  if (error.code !== 'ECONNRESET' || !/^(aborted|socket hang up|read ECONNRESET)$/.test(error.message)) return error;
  return Object.assign(new Error('the connection was closed before the answer was complete'), { code: error.code });
}
