/** An HTTP client as a sink: SSE framing, back-pressure, and the moment it goes away. */
import type { Response } from 'express';
import type { ClientSink } from '../exchange/client-sink.ts';

export function createHttpSink(response: Response): ClientSink {
  const gone = new AbortController();
  let hasWritten = false;
  let hasEnded = false;
  response.on('close', () => {
    if (!hasEnded) gone.abort();
  });
  // A reset by the client is the same news as its close; without a listener it would end the process.
  response.on('error', () => gone.abort());

  return {
    transport: 'http',
    gone: gone.signal,
    trailer: 'data: [DONE]\n\n',
    frame: (type, json) => `event: ${type}\ndata: ${json}\n\n`,
    head(status, headers) {
      if (response.headersSent || gone.signal.aborted) return;
      response.writeHead(status, headers);
      // With the first bytes in one packet when they come at once; alone when the upstream lets us wait.
      process.nextTick(() => {
        if (!hasWritten && !response.writableEnded && !response.destroyed) response.flushHeaders();
      });
    },
    write(bytes) {
      if (gone.signal.aborted || response.writableEnded) return undefined;
      hasWritten = true;
      if (response.write(bytes)) return undefined;
      return new Promise((resolve) => {
        const settle = () => {
          response.off('drain', settle);
          response.off('close', settle);
          resolve();
        };
        response.on('drain', settle);
        response.on('close', settle);
      });
    },
    end() {
      hasEnded = true;
      response.end();
    },
    destroy() {
      hasEnded = true;
      const { socket } = response;
      // What was written still arrives; Node hands it over at the end of this turn.
      if (socket && response.headersSent) process.nextTick(() => socket.destroySoon());
      else response.destroy();
    },
  };
}
