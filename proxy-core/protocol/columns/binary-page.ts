/**
 * A header and columns of numbers in one piece of bytes, little-endian:
 *
 *   4 bytes  length of the header in bytes, padding included
 *   4 bytes  0
 *   header   JSON in UTF-8, padded with spaces to a multiple of 8
 *   columns  one after the other, those of 64 bits before those of 32
 *
 * Pure: how text becomes bytes is given, because it differs between Node and the page.
 */
type NumberColumn = Float64Array | Int32Array;

const PREFIX_BYTES = 8;

/** @param columns those of 64 bits first, so that each begins at a multiple of its width. */
export function packPage(header: object, columns: readonly NumberColumn[], toUtf8: (text: string) => Uint8Array): Uint8Array<ArrayBuffer> {
  const head = toUtf8(JSON.stringify(header));
  const headBytes = Math.ceil(head.length / 8) * 8;
  const size = columns.reduce((sum, column) => sum + column.byteLength, PREFIX_BYTES + headBytes);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, headBytes, true);
  bytes.fill(0x20, PREFIX_BYTES, PREFIX_BYTES + headBytes);
  bytes.set(head, PREFIX_BYTES);
  let at = PREFIX_BYTES + headBytes;
  for (const column of columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  return bytes;
}

export interface PageReader {
  /** The header's JSON text. */
  header: string;
  /** The next column; they come in the order in which they were packed, and share the page's memory. */
  float64(count: number): Float64Array;
  int32(count: number): Int32Array;
}

export function unpackPage(page: ArrayBuffer, fromUtf8: (bytes: Uint8Array) => string): PageReader {
  const headBytes = new DataView(page).getUint32(0, true);
  let at = PREFIX_BYTES + headBytes;
  const skip = (bytes: number): number => (at += bytes) - bytes;
  return {
    header: fromUtf8(new Uint8Array(page, PREFIX_BYTES, headBytes)),
    float64: (count) => new Float64Array(page, skip(count * 8), count),
    int32: (count) => new Int32Array(page, skip(count * 4), count),
  };
}
