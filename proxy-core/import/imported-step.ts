/** One exchange of a foreign recording as a step: what the recording does not say is read from its bytes. */
import type { RecordedStep } from '../protocol/capture/recorded-session.ts';
import type { HeaderList } from '../protocol/capture/tap-event.ts';
import { asObject, asString, parseJsonObject } from '../protocol/json.ts';
import { guessKind } from '../protocol/lint/upstream-digest/index.ts';
import { readFrames } from '../sse/frame-reader.ts';

export interface ImportedExchange {
  startedAtUs: number;
  method: string;
  path: string;
  headers: HeaderList;
  body: Uint8Array;
  /** Name for the reader: the host, or the file. */
  upstream: string;
  transport: 'http' | 'websocket';
  status: number;
  responseHeaders: HeaderList;
  writes: { tUs: number; bytes: Uint8Array }[];
  endUs: number;
  /** The other side of a translating bridge, when the recording has it. */
  upstreamBytes?: Uint8Array;
}

export function toImportedStep(exchange: ImportedExchange): RecordedStep {
  const { startedAtUs, method, path, headers, body, upstream, transport, status, responseHeaders, writes, endUs, upstreamBytes } = exchange;
  const whole = Buffer.concat(writes.map(({ bytes }) => bytes));
  const frames = transport === 'websocket' ? [] : readFrames(whole);
  const kind = transport === 'websocket' ? 'responses' : guessKind(frames);
  const request = parseJsonObject(Buffer.from(body).toString('utf8'));
  const isResponses = kind === 'responses' || (/\/responses\/?(?:\?|$)/.test(path) && method === 'POST');
  const upstreamKind = upstreamBytes ? (guessKind(readFrames(upstreamBytes)) ?? 'unknown') : (kind ?? 'responses');
  const attempt = { tUs: 0, method, url: '', headers: [], body: new Uint8Array() };
  return {
    ...{ startedAtUs, transport, method, path, headers, body, upstream, upstreamKind, isResponses },
    model: asString(request?.['model']) ?? modelOf(frames) ?? null,
    stream: frames.length > 0 || transport === 'websocket',
    previousResponseId: asString(request?.['previous_response_id']) ?? null,
    linkedBy: null,
    attempts: upstreamBytes
      ? [
          {
            ...attempt,
            response: { tUs: 0, status: 200, headers: [['content-type', 'text/event-stream']] },
            chunks: [{ tUs: 0, bytes: upstreamBytes }],
            end: { tUs: 0, cause: 'end' },
          },
        ]
      : [],
    head: { tUs: writes[0]?.tUs ?? 0, status, headers: responseHeaders },
    writes,
    // Without the upstream's side nothing can be said about what caused an event.
    ...(upstreamBytes ? {} : { causes: [] }),
    warnings: [],
    end: { tUs: endUs },
  };
}

function modelOf(frames: readonly { data: string }[]): string | undefined {
  for (const { data } of frames.slice(0, 5)) {
    const model = asString(asObject(parseJsonObject(data)?.['response'])['model']);
    if (model !== undefined) return model;
  }
  return undefined;
}
