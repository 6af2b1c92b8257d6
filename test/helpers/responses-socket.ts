/** A WebSocket client of /v1/responses: one message, then everything up to the event that ends the turn. */
import { WebSocket } from 'ws';
import type { ResponseObject } from '../../proxy-core/protocol/responses/wire.ts';

export interface SocketEvent {
  type: string;
  sequence_number?: number;
  status?: number;
  error?: { type?: string; code: string | null; message: string; param?: string | null };
  response?: ResponseObject;
  [field: string]: unknown;
}

export interface ResponsesSocket {
  ask(message: object): Promise<SocketEvent[]>;
  close(): void;
}

const LAST = ['response.completed', 'response.incomplete', 'response.failed', 'error'];

/** @param url of the server, `http://…`. Rejects when the upgrade is refused. */
export async function openSocket(url: string, path = '/v1/responses'): Promise<ResponsesSocket> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, { headers: { authorization: 'Bearer test-key' } });
  const queue: SocketEvent[] = [];
  let isClosed = false;
  let wake: (() => void) | undefined;
  socket.on('message', (data: Buffer) => {
    queue.push(JSON.parse(data.toString('utf8')) as SocketEvent);
    wake?.();
  });
  socket.on('close', () => {
    isClosed = true;
    wake?.();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    async ask(message) {
      socket.send(JSON.stringify(message));
      const events: SocketEvent[] = [];
      for (;;) {
        const event = queue.shift();
        if (event) {
          events.push(event);
          if (LAST.includes(event.type)) return events;
        } else if (isClosed) throw new Error(`the socket was closed after ${events.length} events`);
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    close: () => socket.close(),
  };
}
