/**
 * From a file's bytes to the streams in it: raw `.sse`, curl dumps with headers, HAR, bundles and other
 * zips, WebSocket recordings with one message a line. What it is, is seen from the bytes; the name only names.
 */
import { parseJsonObject } from '../protocol/json.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { stripCurlOutput } from './curl-dump.ts';
import { isHar, readHar } from './har.ts';
import { readMessages } from './read-messages.ts';
import { UnreadableFileError, type ReadResult } from './recorded-stream.ts';
import { isZip, readZipStreams } from './zip-streams.ts';

/** @throws UnreadableFileError when nothing known is in it. */
export async function readStreams(name: string, bytes: Uint8Array): Promise<ReadResult> {
  if (isZip(bytes)) return readZipStreams(bytes);
  if (startsWith(bytes, '{')) {
    const json = parseJsonObject(toText(bytes));
    if (json && isHar(json)) return readHar(json);
  }
  const body = stripCurlOutput(bytes);
  if (readFrames(body).length > 0) return { streams: [{ name, bytes: body }], skipped: [] };
  const messages = readMessages(toText(bytes));
  if (messages) return { streams: [{ name, bytes, messages }], skipped: [] };
  throw new UnreadableFileError(
    bytes.length === 0 ? 'the file is empty' : 'no SSE frame, HAR, bundle or WebSocket recording was found in it',
  );
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return toText(bytes.subarray(0, 64))
    .replace(/^\uFEFF/, '')
    .trimStart()
    .startsWith(text);
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
