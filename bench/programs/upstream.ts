/**
 * The bench's model provider, a process of its own: answers at once, one write per event and no gap between
 * them. The model's name says how many deltas: `bench-2000`; `bench-2000-at-500` sends so many a second, ten
 * milliseconds' worth at a time. Prints its port as the first line.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asObject, asString, parseJson } from '../../proxy-core/protocol/json.ts';
import { anthropicFrames, responsesFrames } from '../lib/wire-frames.ts';

const made = new Map<string, Buffer[]>();

function framesFor(path: string, deltas: number): Buffer[] {
  const make = path.includes('/responses') ? responsesFrames : anthropicFrames;
  const key = `${make.name} ${deltas}`;
  let frames = made.get(key);
  if (!frames) made.set(key, (frames = make(deltas)));
  return frames;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = asObject(parseJson(Buffer.concat(chunks).toString('utf8')));
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  const [, deltas, perSecond] = /(\d+)(?:-at-(\d+))?$/.exec(asString(body['model']) ?? '') ?? [];
  const frames = framesFor(request.url ?? '', Number(deltas ?? 20));
  const pace = perSecond === undefined ? undefined : createPace(Number(perSecond));
  for (const [at, frame] of frames.entries()) {
    if (response.destroyed) return;
    if (pace) await pace(at);
    if (!response.write(frame)) await drained(response);
  }
  response.end();
}

const PACE_MS = 10;

/** Waits until the frame is due; a late one is sent at once, so that the mean rate holds. */
function createPace(perSecond: number): (frame: number) => Promise<void> {
  const startedAt = performance.now();
  return async (frame) => {
    const dueMs = Math.floor(frame / (perSecond / 1000) / PACE_MS) * PACE_MS;
    while (performance.now() - startedAt < dueMs) await wait(Math.max(0, dueMs - (performance.now() - startedAt)));
  };
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    response.on('drain', settle).on('close', settle);
  });
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
process.on('disconnect', () => process.exit(0));
