/** A server that speaks Responses and answers each request with the next of the streams it was given, the last one again. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asObject, parseJson, type JsonObject } from '../../proxy-core/protocol/json.ts';

export interface ResponsesServer {
  /** Ends in /v1. */
  baseURL: string;
  /** Bodies of the answers still to come. */
  streams: string[];
  seen: { headers: IncomingHttpHeaders; body: JsonObject }[];
  close(): Promise<void>;
}

export async function startResponsesServer(streams: string[] = []): Promise<ResponsesServer> {
  const queue = [...streams];
  const seen: ResponsesServer['seen'] = [];
  let last = '';
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      seen.push({ headers: request.headers, body: asObject(parseJson(Buffer.concat(parts).toString('utf8'))) });
      last = queue.shift() ?? last;
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).end(last);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    streams: queue,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
