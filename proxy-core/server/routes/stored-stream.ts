/**
 * `GET /v1/responses/:id?stream=true&starting_after=n`: the events of a streamed response once more, from
 * the record, and live ones as they come while it is still being made.
 */
import type { Response } from 'express';
import { invalidRequest } from '../../errors.ts';

export interface StoredEvent {
  index: number;
  type: string;
  sequenceNumber: number | null;
  /** The event as it was sent; a string when it was no JSON. */
  data: unknown;
}

export interface StoredEvents {
  /** Events after an index (-1: all); undefined when nothing is recorded of the step. */
  read(stepId: string, after: number): Promise<{ events: StoredEvent[]; isOver: boolean } | undefined>;
  /** Settles when there may be more. */
  next(stepId: string, signal: AbortSignal): Promise<void>;
}

export interface StoredStreamRequest {
  stepId: string;
  /** The sequence number after which to begin; undefined: from the start. */
  startingAfter: string | undefined;
}

/** @throws ProxyError 400 for a response that was not streamed, and for a `starting_after` that is no number. */
export async function sendStoredStream(response: Response, events: StoredEvents | undefined, request: StoredStreamRequest): Promise<void> {
  const { stepId, startingAfter } = request;
  const from = startingAfter === undefined ? -1 : Number(startingAfter);
  if (!Number.isInteger(from)) throw invalidRequest("Invalid 'starting_after': expected an integer.", 'starting_after', 'invalid_value');
  const first = await events?.read(stepId, -1);
  if (!events || !first || (first.isOver && first.events.length === 0))
    throw invalidRequest('This response was not created with stream: true; get it without stream.', 'stream', 'invalid_value');

  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
  let after = -1;
  for (let page: typeof first | undefined = first; page && !gone.signal.aborted; page = await events.read(stepId, after)) {
    for (const event of page.events) {
      after = event.index;
      if ((event.sequenceNumber ?? event.index) > from) response.write(toFrame(event));
    }
    if (page.events.length > 0) continue;
    if (page.isOver) break;
    await events.next(stepId, gone.signal);
  }
  response.end('data: [DONE]\n\n');
}

function toFrame({ type, data }: StoredEvent): string {
  return `event: ${type}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}
