/** A recorded stream as a list of parts that can be left out, and back to bytes. */
import { isObject, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { readFrames } from '../sse/frame-reader.ts';

export interface StreamPart {
  bytes: Uint8Array;
  json: JsonObject | undefined;
  event: string | null;
}

export function toParts(bytes: Uint8Array): StreamPart[] {
  return readFrames(bytes).map(({ event, data, offset, length }) => ({
    bytes: bytes.subarray(offset, offset + length),
    json: parseJsonObject(data),
    event,
  }));
}

/**
 * @param isRenumbered events are numbered anew from 0, so that what was left out does not show as a fault of
 * its own; only when they had been numbered so.
 */
export function toBytes(parts: readonly StreamPart[], isRenumbered: boolean): Uint8Array {
  let next = 0;
  const pieces = parts.map((part): Uint8Array => {
    const number = part.json?.['sequence_number'];
    if (!isRenumbered || !isObject(part.json) || typeof number !== 'number') return part.bytes;
    const wanted = next++;
    if (number === wanted) return part.bytes;
    const data = JSON.stringify({ ...part.json, sequence_number: wanted });
    return Buffer.from(`${part.event === null ? '' : `event: ${part.event}\n`}data: ${data}\n\n`, 'utf8');
  });
  return Buffer.concat(pieces);
}

export function isNumberedInOrder(parts: readonly StreamPart[]): boolean {
  const numbers = parts.flatMap(({ json }) => (typeof json?.['sequence_number'] === 'number' ? [json['sequence_number']] : []));
  return numbers.length > 0 && numbers.every((number, index) => number === index);
}
