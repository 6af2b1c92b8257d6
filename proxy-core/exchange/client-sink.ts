/**
 * The client's end of an exchange, whatever the transport. `server/` makes these; the exchange writes to
 * the sink first and taps after.
 */
export interface ClientSink {
  readonly transport: 'http' | 'websocket';
  /** Aborted when the client went away before `end` was called. */
  readonly gone: AbortSignal;
  /** Status line and headers; called once, before the first write. A WebSocket ignores it. */
  head(status: number, headers: Record<string, string>): void;
  /** Hands bytes over. The promise is there when the client reads slowly: wait before the next write. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** One event in this transport's framing. */
  frame(type: string, json: string): string;
  /** What closes a stream that the bridge itself made (`data: [DONE]`), empty where there is none. */
  readonly trailer: string;
  end(): void;
  /** Breaks the connection off, so that the client does not take a cut stream for a whole one. */
  destroy(): void;
}
