/**
 * A gateway on a real socket: takes a Responses request, makes calls of its own at the base URL that it was
 * given (Deltascope's, when it is recorded on both sides) and answers with frames made from what it got.
 * What it calls and how badly it translates is each test's own.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { asObject, parseJson, type JsonObject } from '../../proxy-core/protocol/json.ts';

export interface InnerCall {
  /** Path and query below the bridge's address, say `/u/anthropic/v1/messages`. */
  path: string;
  body: JsonObject;
}

export interface GatewayPlan {
  /** One after another; all of them before the answer begins. */
  calls: InnerCall[];
  /** Whole frames, from the bodies that came back. */
  answer(bodies: readonly string[]): string[];
  /** Awaited after the calls and before the answer. */
  beforeAnswer?: Promise<void>;
}

export interface LocalServer {
  /** Ends in /v1. */
  baseURL: string;
  /** Without a path. */
  origin: string;
  close(): Promise<void>;
}

/** @param bridge the address that inner calls go to, known when the first request comes. */
export function startFakeGateway(bridge: () => string, plan: (request: JsonObject) => GatewayPlan): Promise<LocalServer> {
  return listen(async (request, write) => {
    const { calls, answer, beforeAnswer } = plan(request);
    const bodies: string[] = [];
    for (const { path, body } of calls) {
      const reply = await fetch(`${bridge()}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'litellm/1.83.14', authorization: 'Bearer gateway-key' },
        body: JSON.stringify(body),
      });
      bodies.push(await reply.text());
    }
    await beforeAnswer;
    await write(200, answer(bodies));
  });
}

export interface ProviderAnswer {
  status?: number;
  /** Written one by one. */
  frames: string[];
}

/** A provider that answers as the test says, in whatever wire format. */
export function startFakeProvider(
  answer: (body: JsonObject, path: string) => ProviderAnswer | Promise<ProviderAnswer>,
): Promise<LocalServer> {
  return listen(async (request, write, path) => {
    const { status = 200, frames } = await answer(request, path);
    await write(status, frames);
  });
}

type Handle = (body: JsonObject, write: (status: number, frames: string[]) => Promise<void>, path: string) => Promise<void>;

async function listen(handle: Handle): Promise<LocalServer> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = asObject(parseJson(Buffer.concat(chunks).toString('utf8')));
      const write = async (status: number, frames: string[]): Promise<void> => {
        const isSse = status < 300;
        response.writeHead(status, { 'content-type': isSse ? 'text/event-stream' : 'application/json' });
        response.flushHeaders();
        for (const frame of frames) {
          response.write(frame);
          // So that writes have a chance to stay apart on the way.
          await nextTurn();
        }
        response.end();
      };
      handle(body, write, request.url ?? '').catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    baseURL: `${origin}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Whole frames of a recorded body, to be written one by one. */
export function toFrames(body: string): string[] {
  return body.split(/(?<=\n\n)/);
}
