/**
 * Request bodies and stored JSON, deflated when that is worth it: agents send their whole history again
 * with every turn. Very large bodies stay as they are, because packing them would hold up the streams.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

const MIN_BYTES = 4_096;
const MAX_BYTES = 1_048_576;

/** `codec` 0: as is; 1: raw deflate. */
export interface PackedBody {
  codec: number;
  bytes: Uint8Array;
}

export function packBody(bytes: Uint8Array): PackedBody {
  if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) return { codec: 0, bytes };
  const packed = deflateRawSync(bytes, { level: 1 });
  return packed.length < bytes.length * 0.9 ? { codec: 1, bytes: packed } : { codec: 0, bytes };
}

export function unpackBody({ codec, bytes }: PackedBody): Uint8Array {
  return codec === 1 ? inflateRawSync(bytes) : bytes;
}

/** Text for a column: as it is, or a blob of the deflated text. */
export function packText(text: string): string | Uint8Array {
  if (text.length < MIN_BYTES) return text;
  const packed = packBody(Buffer.from(text, 'utf8'));
  return packed.codec === 0 ? text : packed.bytes;
}

export function unpackText(column: string | Uint8Array): string {
  return typeof column === 'string' ? column : inflateRawSync(column).toString('utf8');
}
