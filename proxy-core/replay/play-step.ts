/** Writes a recorded answer to a client: the recorded bytes in the recorded pieces, in recorded or other time. */
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { asString, parseJsonObject } from '../protocol/json.ts';
import { headerOf, toText, type StepRecord } from '../bundle/session-record.ts';

/** `max` does not wait at all; a number is a factor, 2 is twice as fast. */
export type ReplaySpeed = 'original' | 'max' | number;

/** Headers that belong to the recorded connection. */
const NOT_REPLAYED = /^(?:connection|keep-alive|transfer-encoding|content-length|content-encoding|date|trailer|upgrade|set-cookie)$/i;

/** Settles when all is written or the client has left. */
export async function playStep(step: StepRecord, response: ServerResponse, speed: ReplaySpeed): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const { signal } = gone;
  const startedMs = performance.now();
  const writes = step.transport === 'websocket' ? step.writes.map(toSse) : step.writes;
  try {
    await waitUntil(step.response ? (writes[0]?.tUs ?? 0) : 0);
    response.writeHead(step.response?.status ?? step.step.httpStatus ?? 200, toHeaders(step));
    response.flushHeaders();
    for (const { tUs, bytes } of writes) {
      await waitUntil(tUs);
      if (signal.aborted) return;
      if (!response.write(bytes)) await drained(response);
      // Each recorded piece leaves on its own, as it came.
      await nextTurn();
    }
    if (wasCut(step)) response.destroy();
    else response.end(step.transport === 'websocket' ? 'data: [DONE]\n\n' : undefined);
  } catch (error) {
    // An aborted wait: the client has left, and nobody waits for the rest.
    if (!signal.aborted) throw error;
  }

  async function waitUntil(tUs: number): Promise<void> {
    if (speed === 'max') return;
    const factor = speed === 'original' ? 1 : speed;
    const restMs = tUs / 1000 / factor - (performance.now() - startedMs);
    if (restMs > 0) await delay(restMs, undefined, { signal });
  }
}

/** A passed-through stream whose upstream broke off was broken off for the client, too. */
function wasCut({ step, attempts }: StepRecord): boolean {
  return step.upstreamKind === 'responses' && step.status === 'failed' && attempts.at(-1)?.error !== null && attempts.length > 0;
}

function toHeaders(step: StepRecord): Record<string, string> {
  const headers = Object.fromEntries((step.response?.headers ?? []).filter(([name]) => !NOT_REPLAYED.test(name)));
  if (headerOf(Object.entries(headers), 'content-type') === undefined || step.transport === 'websocket') {
    headers['content-type'] = step.step.stream ? 'text/event-stream; charset=utf-8' : 'application/json';
  }
  return headers;
}

/** Messages of a WebSocket as the same events over HTTP. */
function toSse({ tUs, bytes }: { tUs: number; bytes: Uint8Array }): { tUs: number; bytes: Uint8Array } {
  const frames = toText(bytes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `event: ${asString(parseJsonObject(line)?.['type']) ?? 'message'}\ndata: ${line}\n\n`);
  return { tUs, bytes: Buffer.from(frames.join(''), 'utf8') };
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}
