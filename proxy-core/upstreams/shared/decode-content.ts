/** An HTTP body without its content encodings, each read as soon as it can be decoded. */
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Every flush of the server's is passed on; a body without its last bytes is still read as far as it goes. */
const zlibOptions = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const brotliOptions = { flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH };

const DECODERS: { [encoding: string]: () => Transform } = {
  gzip: () => createGunzip(zlibOptions),
  'x-gzip': () => createGunzip(zlibOptions),
  deflate: () => createInflate(zlibOptions),
  br: () => createBrotliDecompress(brotliOptions),
};

/** What nobody here can read goes on as it came. */
export function decodeContent(reply: IncomingMessage, headers: readonly [string, string][]): Readable {
  const encodings = toEncodings(headers.find(([name]) => name === 'content-encoding')?.[1]);
  // The last one was put on last.
  const decoders = encodings.toReversed().flatMap((encoding) => DECODERS[encoding]?.() ?? []);
  if (decoders.length === 0 || decoders.length < encodings.length) return reply;
  // Faults reach the last stream, where they are read.
  return pipeline([reply, ...decoders], () => undefined) as unknown as Readable;
}

/** False for a `content-encoding` whose body `decodeContent` leaves as it is. */
export function isDecodable(contentEncoding: string): boolean {
  return toEncodings(contentEncoding).every((encoding) => encoding in DECODERS);
}

function toEncodings(value = ''): string[] {
  const names = value.split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '' && name !== 'identity');
}
