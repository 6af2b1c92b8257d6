/**
 * Request bodies and stored JSON, deflated when that is worth it: agents send their whole history again
 * with every turn. Very large bodies stay as they are, because packing them would hold up the streams.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { parseJson } from '../protocol/json.ts';

const MIN_BYTES = 1_024;
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

/**
 * JSON for a column: text as it is, or a blob of the deflated text.
 * @param mask takes secrets out of the text.
 */
export function packJson(value: unknown, mask: (text: string) => string = (text) => text): string | Uint8Array {
  const text = mask(JSON.stringify(value));
  if (text.length < MIN_BYTES) return text;
  const packed = packBody(Buffer.from(text, 'utf8'));
  return packed.codec === 0 ? text : packed.bytes;
}

export function unpackJson(column: string | Uint8Array): unknown {
  return parseJson(typeof column === 'string' ? column : inflateRawSync(column).toString('utf8'));
}
