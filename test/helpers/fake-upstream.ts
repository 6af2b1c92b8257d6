/**
 * A model provider on a real socket that speaks the provider's own wire format, as told by a scenario. The
 * same scenarios for every kind, so that one contract suite can ask the same of all. Nothing is clever here:
 * a scenario is the bytes of the answer and how the connection ends.
 */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { asObject, parseJson, type JsonObject } from '../../proxy-core/protocol/json.ts';
import type { UpstreamKind } from '../../proxy-core/upstreams/upstream.ts';
import { anthropicScenarios } from './fake-anthropic.ts';
import { chatScenarios } from './fake-chat.ts';
import { geminiScenarios } from './fake-gemini.ts';
import type { Scenario, ScenarioName, Scenarios } from './fake-scenarios.ts';

export type FakeKind = Exclude<UpstreamKind, 'responses'>;

export const scenarios: Record<FakeKind, Scenarios> = {
  anthropic: anthropicScenarios,
  'openai-chat': chatScenarios,
  gemini: geminiScenarios,
};

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: JsonObject;
  /** Settles when the client of this request has closed the connection before the answer was over. */
  closed: Promise<void>;
}

export interface FakeUpstream {
  /** As an upstream of this kind is configured (contract 3.2). */
  baseURL: string;
  seen: SeenRequest[];
  /** What the next requests are answered with, one after another; the last one stays. */
  answer(...answers: (ScenarioName | Scenario)[]): void;
  /** Size of one write; undefined writes frame by frame. */
  chunkSize: number | undefined;
  close(): Promise<void>;
}

export async function startFakeUpstream(kind: FakeKind): Promise<FakeUpstream> {
  let queue: (ScenarioName | Scenario)[] = ['text'];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    // Clients that look around first (models) must not use up an answer.
    if (request.method === 'GET') return void response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{}}');
    request.on('end', () => {
      const closed = new Promise<void>((resolve) => response.on('close', () => !response.writableFinished && resolve()));
      const body = asObject(parseJson(Buffer.concat(chunks).toString('utf8')));
      fake.seen.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body, closed });
      const next = (queue.length > 1 ? queue.shift() : queue[0]) ?? 'text';
      void play(typeof next === 'string' ? scenarios[kind][next] : next);
    });

    async function play(scenario: Scenario): Promise<void> {
      response.writeHead(scenario.status ?? 200, { 'content-type': 'text/event-stream', ...scenario.headers });
      response.flushHeaders();
      for (const piece of toPieces(scenario.frames, fake.chunkSize)) {
        response.write(piece);
        // So that writes have a chance to stay apart on the way.
        await nextTurn();
      }
      if (scenario.end === 'end') response.end();
      if (scenario.end === 'reset') response.socket?.resetAndDestroy();
    }
  });
  // A test that computes for long must not find its idle connections closed.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeUpstream = {
    baseURL: kind === 'openai-chat' ? `${origin}/v1` : origin,
    seen: [],
    answer: (...answers) => void (queue = answers),
    chunkSize: undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return fake;
}

/** The bytes of a scenario's body. */
export function bytesOf({ frames }: Scenario): Buffer {
  return Buffer.from(frames.join(''), 'utf8');
}

function toPieces(frames: string[], size: number | undefined): Buffer[] {
  if (size === undefined) return frames.map((frame) => Buffer.from(frame, 'utf8'));
  const bytes = Buffer.from(frames.join(''), 'utf8');
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}
