/** An HTTP body without its content encodings, each read as soon as it can be decoded. */
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Every flush of the server's is passed on; a body without its last bytes is still read as far as it goes. */
const zlibOptions = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const brotliOptions = { flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH };

export function decodeContent(reply: IncomingMessage, headers: readonly [string, string][]): Readable {
  const encodings =
    headers
      .find(([name]) => name === 'content-encoding')?.[1]
      .toLowerCase()
      .split(',') ?? [];
  const decoders: Transform[] = [];
  // The last one was put on last.
  for (const encoding of encodings.toReversed()) {
    const decoder = createDecoder(encoding.trim());
    // What nobody can read goes on as it came.
    if (decoder === undefined) return reply;
    decoders.push(decoder);
  }
  // Faults reach the last stream, where they are read.
  return decoders.length === 0 ? reply : (pipeline([reply, ...decoders], () => undefined) as unknown as Readable);
}

function createDecoder(encoding: string): Transform | undefined {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(zlibOptions);
    case 'deflate':
      return createInflate(zlibOptions);
    case 'br':
      return createBrotliDecompress(brotliOptions);
    default:
      return undefined;
  }
}
