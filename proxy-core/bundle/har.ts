/**
 * A session as an HTTP archive (HAR 1.2), for browsers, HTTP Toolkit and the like: one entry per request of
 * the client. Sizes, times and event streams as recorded; `_deltascope` leads back to the step.
 */
import type { HeaderList } from '../protocol/capture/tap-event.ts';
import { VERSION } from '../version.ts';
import { emittedBytes, headerOf, toText, type SessionRecord, type StepRecord } from './session-record.ts';

const ORIGIN = 'http://127.0.0.1';

export function toHar({ session, steps }: SessionRecord): string {
  const comment = `Session ${session.id}, recorded by Deltascope.`;
  const log = { version: '1.2', creator: { name: 'Deltascope', version: VERSION }, pages: [], entries: steps.map(toEntry), comment };
  return `${JSON.stringify({ log }, null, 2)}\n`;
}

function toEntry(step: StepRecord): object {
  const { request } = step;
  const firstMs = (step.writes[0]?.tUs ?? 0) / 1000;
  const endMs = Math.max((step.writes.at(-1)?.tUs ?? 0) / 1000, step.step.durationMs ?? 0);
  const url = `${ORIGIN}${request.path}`;
  return {
    startedDateTime: new Date(step.step.startedAt / 1000).toISOString(),
    time: endMs,
    request: {
      method: request.method,
      url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: toPairs(request.headers),
      queryString: [...new URL(url).searchParams].map(([name, value]) => ({ name, value })),
      ...(request.body.length > 0
        ? { postData: { mimeType: headerOf(request.headers, 'content-type') ?? 'application/json', text: toText(request.body) } }
        : {}),
      headersSize: -1,
      bodySize: request.body.length,
    },
    response: toResponse(step),
    cache: {},
    timings: { send: 0, wait: firstMs, receive: Math.max(0, endMs - firstMs) },
    ...(step.transport === 'websocket' ? { _resourceType: 'websocket', _webSocketMessages: toMessages(step) } : {}),
    _deltascope: { stepId: step.step.id, index: step.step.index, status: step.step.status, upstream: step.step.upstream },
  };
}

function toResponse(step: StepRecord): object {
  const bytes = step.transport === 'websocket' ? new Uint8Array() : emittedBytes(step);
  const text = toText(bytes);
  const isText = Buffer.byteLength(text) === bytes.length && !text.includes('\uFFFD');
  const headers = step.response?.headers ?? [];
  return {
    status: step.response?.status ?? 0,
    statusText: '',
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: toPairs(headers),
    content: {
      size: bytes.length,
      mimeType: headerOf(headers, 'content-type') ?? 'application/octet-stream',
      ...(isText ? { text } : { text: Buffer.from(bytes).toString('base64'), encoding: 'base64' }),
    },
    redirectURL: '',
    headersSize: -1,
    bodySize: bytes.length,
  };
}

/** As Chrome writes them; times are seconds since the epoch. */
function toMessages(step: StepRecord): object[] {
  const at = (tUs: number): number => (step.step.startedAt + tUs) / 1_000_000;
  const sent = { type: 'send', time: at(0), opcode: 1, data: toText(step.request.body) };
  const lines = step.writes.flatMap(({ tUs, bytes }) =>
    toText(bytes)
      .split('\n')
      .filter((line) => line !== '')
      .map((data) => ({ type: 'receive', time: at(tUs), opcode: 1, data })),
  );
  return [sent, ...lines];
}

function toPairs(headers: HeaderList): object[] {
  return headers.map(([name, value]) => ({ name, value }));
}
