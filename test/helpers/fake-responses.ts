/** An upstream that speaks Responses itself: answers with the bytes it is told, and may break off. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** Written one after another. */
  chunks: (string | Uint8Array)[];
  /** Destroys the connection after the last chunk. */
  breaksOff?: boolean;
}

export interface FakeResponses {
  baseURL: string;
  seen: { method: string; path: string; headers: IncomingHttpHeaders; body: string }[];
  answer: FakeAnswer;
  close(): Promise<void>;
}

export async function startFakeResponses(answer: FakeAnswer): Promise<FakeResponses> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      fake.seen.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
      });
      const { status = 200, headers = { 'content-type': 'text/event-stream' }, chunks, breaksOff } = fake.answer;
      response.writeHead(status, headers);
      response.flushHeaders();
      const next = (index: number): void => {
        const chunk = chunks[index];
        if (chunk === undefined) {
          if (breaksOff) response.destroy();
          else response.end();
        } else response.write(chunk, () => next(index + 1));
      };
      next(0);
    });
  });
  // A test that computes for long must not find its idle connections closed.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeResponses = {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen: [],
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}
