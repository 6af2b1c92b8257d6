/**
 * The bench's model provider, a process of its own: answers at once, one write per event and no gap between
 * them. The model's name says how many deltas: `bench-2000`. Prints its port as the first line.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asObject, asString, parseJson } from '../../proxy-core/protocol/json.ts';
import { anthropicFrames, responsesFrames } from '../lib/wire-frames.ts';

const made = new Map<string, Buffer[]>();

function framesFor(path: string, model: string): Buffer[] {
  const deltas = Number(/(\d+)$/.exec(model)?.[1] ?? 20);
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
  for (const frame of framesFor(request.url ?? '', asString(body['model']) ?? '')) {
    if (response.destroyed) return;
    if (!response.write(frame)) await drained(response);
  }
  response.end();
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
