/** A recorded stream as SSE bytes, also when it was recorded as WebSocket messages. */
import type { RecordedStream } from '../files/recorded-stream.ts';

export function toStreamBytes(stream: RecordedStream): Uint8Array {
  if (!stream.messages) return stream.bytes;
  return Buffer.from(stream.messages.map((message) => `data: ${message}\n\n`).join(''));
}
