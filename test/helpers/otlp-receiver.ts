/** A collector for OTLP as JSON over HTTP: keeps what it is sent, and answers as it is told. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asArray, asObject, asString, parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';

export interface OtlpReceiver {
  url: string;
  requests: { headers: IncomingHttpHeaders; path: string; body: JsonObject; text: string }[];
  /** Answers of the next requests; 200 when there is none. */
  answers: { status: number; headers?: Record<string, string>; body?: string }[];
  /** All spans so far, flat. */
  spans(): ReceivedSpan[];
  /** Settles when this many spans are there. */
  has(count: number): Promise<ReceivedSpan[]>;
  close(): Promise<void>;
}

export interface ReceivedSpan {
  raw: JsonObject;
  name: string;
  attributes: { [name: string]: unknown };
  events: { name: string; timeUnixNano: string; attributes: { [name: string]: unknown } }[];
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const requests: OtlpReceiver['requests'] = [];
  const answers: OtlpReceiver['answers'] = [];
  const accepted: JsonObject[] = [];
  let waiting: { count: number; resolve: (spans: ReceivedSpan[]) => void }[] = [];
  const spans = () => accepted.flatMap(toSpans);
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const body = parseJsonObject(text) ?? {};
      requests.push({ headers: request.headers, path: request.url ?? '', body, text });
      const { status, headers = {}, body: answer = '{}' } = answers.shift() ?? { status: 200 };
      if (status === 200) accepted.push(body);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(answer);
      const all = spans();
      for (const one of waiting) if (all.length >= one.count) one.resolve(all);
      waiting = waiting.filter(({ count }) => all.length < count);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    requests,
    answers,
    spans,
    has: (count) =>
      new Promise((resolve) => {
        const all = spans();
        if (all.length >= count) resolve(all);
        else waiting.push({ count, resolve });
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function toSpans(body: JsonObject): ReceivedSpan[] {
  return asArray(body['resourceSpans'])
    .flatMap((one) => asArray(asObject(one)['scopeSpans']))
    .flatMap((one) => asArray(asObject(one)['spans']))
    .map(asObject)
    .map((raw) => ({
      raw,
      name: asString(raw['name']) ?? '',
      attributes: toAttributes(raw['attributes']),
      events: asArray(raw['events'])
        .map(asObject)
        .map((event) => ({
          name: asString(event['name']) ?? '',
          timeUnixNano: String(event['timeUnixNano']),
          attributes: toAttributes(event['attributes']),
        })),
    }));
}

export function toAttributes(list: unknown): { [name: string]: unknown } {
  return Object.fromEntries(
    asArray(list)
      .map(asObject)
      .map(({ key, value }) => [String(key), toValue(asObject(value))]),
  );
}

function toValue(value: JsonObject): unknown {
  if ('arrayValue' in value) return asArray(asObject(value['arrayValue'])['values']).map((one) => toValue(asObject(one)));
  if ('intValue' in value) return Number(value['intValue']);
  return value['stringValue'] ?? value['boolValue'] ?? value['doubleValue'];
}
