/**
 * The WebSocket transport of /v1/responses (Open Responses 2026-04-24): one `response.create` at a time,
 * the same events as SSE with one JSON message each and no [DONE]. What a connection made with
 * store: false can be continued on that connection only, and a failed continuation forgets it.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { invalidRequest, isProxyError, ProxyError } from '../errors.ts';
import type { ClientSink } from '../exchange/client-sink.ts';
import type { Exchanges } from '../exchange/run-exchange.ts';
import { asString, isObject, parseJson, type JsonObject } from '../protocol/json.ts';
import type { ResponseStore } from '../sessions/response-store.ts';
import { createConnectionStore } from '../sessions/connection-store.ts';
import { toHeaderList } from './to-exchange-request.ts';

export interface WebSocketDeps {
  exchanges: Exchanges;
  store: ResponseStore;
  /** The same checks as for HTTP; an error refuses the upgrade. May rewrite `request.url` (`/t/<token>`). */
  checkAccess: (request: IncomingMessage) => ProxyError | undefined;
}

const PATH = /^(?:\/quirks\/([^/]+))?(?:\/u\/([^/]+))?\/v1\/responses\/?(?:\?.*)?$/;
const JSON_BODY: [string, string] = ['content-type', 'application/json'];
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
const MAX_CONNECTION_MS = 60 * 60 * 1000;

export interface WebSocketEndpoint {
  close(): void;
}

export function attachWebSocket(server: Server, deps: WebSocketDeps): WebSocketEndpoint {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal =
      deps.checkAccess(request) ??
      (PATH.test(request.url ?? '')
        ? undefined
        : new ProxyError('There is no WebSocket here; it is at /v1/responses.', { status: 404, type: 'invalid_request_error' }));
    if (refusal) return refuse(socket, refusal);
    sockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, request, deps));
  });
  return {
    close() {
      for (const client of sockets.clients) client.close(1001, 'Deltascope is stopping');
      sockets.close();
    },
  };
}

function refuse(socket: Duplex, error: ProxyError): void {
  const body = JSON.stringify(error.toBody());
  socket.end(
    `HTTP/1.1 ${error.status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function serve(webSocket: WebSocket, request: IncomingMessage, { exchanges, store }: WebSocketDeps): void {
  const connection = createConnectionStore(store);
  // Each message goes on as a request of its own, and that has a body.
  const headers = [...toHeaderList(request.rawHeaders).filter(([name]) => name.toLowerCase() !== 'content-type'), JSON_BODY];
  const path = request.url ?? '/v1/responses';
  const [, quirks, upstreamName] = PATH.exec(path) ?? [];
  let isBusy = false;
  const limit = setTimeout(() => {
    sendError(
      webSocket,
      new ProxyError('The connection has reached its limit of 60 minutes. Open a new one.', {
        status: 400,
        type: 'invalid_request_error',
        code: 'websocket_connection_limit_reached',
      }),
    );
    webSocket.close(1000);
  }, MAX_CONNECTION_MS);
  webSocket.on('close', () => clearTimeout(limit));
  webSocket.on('error', () => webSocket.terminate());
  webSocket.on('message', (data: Buffer, isBinary: boolean) => {
    void handle(data, isBinary).catch((error: unknown) => sendError(webSocket, error));
  });

  async function handle(data: Buffer, isBinary: boolean): Promise<void> {
    if (isBinary) throw invalidRequest('Send text messages with JSON, not binary ones.');
    if (isBusy)
      throw invalidRequest('A response is being made on this connection already; wait for its end.', null, 'response_in_progress');
    const body = toCreateBody(parseJson(data.toString('utf8')));
    isBusy = true;
    // The client may ask again the moment it has the terminal event, while the bridge still does its books.
    const sink = createWebSocketSink(webSocket, (hasFailed) => {
      // A continuation that failed must not be tried again from a state that nobody knows.
      if (hasFailed) connection.forget(asString(body['previous_response_id']));
      isBusy = false;
    });
    const request = {
      method: 'POST',
      path,
      headers,
      body: Buffer.from(JSON.stringify(body), 'utf8'),
      upstreamName,
      ...(quirks === undefined ? {} : { quirks: quirks.split(/,|%2C/i) }),
      store: connection.store,
    };
    await exchanges.run('responses', request, sink);
  }
}

/** @throws ProxyError for anything but a `response.create` message. */
function toCreateBody(message: unknown): JsonObject {
  if (!isObject(message)) throw invalidRequest('The message is not a JSON object.');
  if (message['type'] !== 'response.create')
    throw invalidRequest(`Unknown message type '${asString(message['type']) ?? ''}'; expected response.create.`, 'type', 'invalid_value');
  const { type: _type, event_id: _eventId, ...fields } = message;
  // Some clients wrap the fields as the Realtime API does.
  const { stream_options: _options, background: _background, ...body } = isObject(fields['response']) ? fields['response'] : fields;
  return { ...body, stream: true };
}

function sendError(webSocket: WebSocket, error: unknown): void {
  const fault = isProxyError(error)
    ? error
    : new ProxyError(error instanceof Error ? error.message : String(error), { status: 500, type: 'server_error' });
  webSocket.send(JSON.stringify({ type: 'error', status: fault.status, ...fault.toBody() }));
}

/** Above this much unsent data the exchange waits, as it does for a slow HTTP client. */
const HIGH_WATER_BYTES = 1024 * 1024;

function createWebSocketSink(webSocket: WebSocket, onEnd: (hasFailed: boolean) => void): ClientSink {
  const gone = new AbortController();
  let failed = false;
  const onClose = () => gone.abort();
  webSocket.on('close', onClose);
  const end = () => {
    webSocket.off('close', onClose);
    onEnd(failed);
  };

  return {
    transport: 'websocket',
    gone: gone.signal,
    trailer: '',
    frame: (type, json) => {
      if (type === 'response.failed' || type === 'error') failed = true;
      return `${json}\n`;
    },
    head: (status) => {
      if (status >= 400) failed = true;
    },
    write(bytes) {
      if (gone.signal.aborted) return undefined;
      // One message a line: JSON has no raw line ends.
      for (const line of Buffer.from(bytes).toString('utf8').split('\n')) if (line !== '') webSocket.send(line);
      if (webSocket.bufferedAmount < HIGH_WATER_BYTES) return undefined;
      return new Promise((resolve) => {
        webSocket.ping(undefined, undefined, () => resolve());
        gone.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
    end,
    destroy() {
      end();
      // What was sent before still arrives.
      webSocket.ping(undefined, undefined, () => webSocket.terminate());
    },
  };
}
