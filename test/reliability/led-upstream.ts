/** A provider that a test leads step by step: each request waits for what the test does with it. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asArray, asObject, asString, parseJson, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { anthropicStream, responsesStream, type TalkFrames } from './talking-upstream.ts';

export interface LedCall {
  /** What the user said. */
  prompt: string;
  frames: TalkFrames;
  response: ServerResponse;
  /** Head and first frames. */
  begin(): void;
  /** Words, one a frame, and the end. */
  finish(...words: string[]): void;
  /** Settles when the connection was closed before the answer was over. */
  closed: Promise<void>;
}

export interface LedUpstream {
  origin: string;
  /** The next request, also one that came already. */
  next(): Promise<LedCall>;
  /** Leads all further requests. */
  lead(how: (call: LedCall) => void): void;
  close(): Promise<void>;
}

export async function startLedUpstream(): Promise<LedUpstream> {
  const waiting: LedCall[] = [];
  let wake: ((call: LedCall) => void) | undefined;
  let leader: ((call: LedCall) => void) | undefined;
  let count = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = asObject(parseJson(Buffer.concat(parts).toString('utf8')));
      const id = `${++count}`;
      const call = toCall(response, request.url === '/v1/messages' ? anthropicStream(id) : responsesStream(id), toPrompt(body));
      if (leader) return leader(call);
      if (wake) wake(call);
      else waiting.push(call);
      wake = undefined;
    });
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: () => new Promise((resolve) => (waiting.length > 0 ? resolve(waiting.shift() as LedCall) : (wake = resolve))),
    lead: (how) => void (leader = how),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function toCall(response: ServerResponse, frames: TalkFrames, prompt: string): LedCall {
  return {
    prompt,
    frames,
    response,
    begin() {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(frames.begin);
    },
    finish: (...words) => void response.end(words.map((word) => frames.word(word)).join('') + frames.end(words.join(''))),
    closed: new Promise((resolve) => response.on('close', () => !response.writableFinished && resolve())),
  };
}

/** The newest thing said, in Anthropic's words or in those of Responses. */
function toPrompt(body: JsonObject): string {
  if (typeof body['input'] === 'string') return body['input'];
  const { content } = asObject(asArray(body['messages']).at(-1));
  return asString(content) ?? asString(asObject(asArray(content)[0])['text']) ?? '';
}
