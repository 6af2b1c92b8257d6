/** The streams in a zip: a bundle's steps (contract section 6) with request and upstream beside them, or any `.sse` and `.har`. */
import { isObject, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { guessKind } from '../protocol/lint/upstream-digest/index.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { isHar, readHar } from './har.ts';
import { readMessages } from './read-messages.ts';
import { readZip, type ZipLimits } from './read-zip.ts';
import { UnreadableFileError, type ReadResult, type RecordedStream } from './recorded-stream.ts';

export { isZip } from './read-zip.ts';

const WANTED = /\.(?:sse|har)$|(?:^|\/)request\.json$/;
const STEP = /^(?:.*\/)?steps\/(\d+)\/emitted\.sse$/;

/** @throws UnreadableFileError when nothing known is in it, or it is no sound archive. */
export async function readZipStreams(bytes: Uint8Array, limits?: ZipLimits): Promise<ReadResult> {
  const members = await readZip(bytes, (name) => WANTED.test(name), limits);
  const result: ReadResult = { streams: [], skipped: [] };
  for (const [name, content] of members) {
    if (name.endsWith('.har')) readHarMember(name, content, members, result);
    else if (name.endsWith('.sse') && !isUpstreamSide(name, members)) readSseMember(name, content, members, result);
  }
  result.streams.sort((a, b) => (a.step ?? 0) - (b.step ?? 0));
  if (result.streams.length === 0) throw new UnreadableFileError('no recorded Responses stream is in this archive');
  return result;
}

/** `upstream.sse` beside `emitted.sse`, and what a gateway did for a step, are other sides of it, no streams of their own. */
function isUpstreamSide(name: string, members: ReadonlyMap<string, Uint8Array>): boolean {
  if (/(?:^|\/)steps\/\d+\/gateway\//.test(name)) return true;
  return /(?:^|\/)upstream\.sse$/.test(name) && members.has(name.replace(/upstream\.sse$/, 'emitted.sse'));
}

function readSseMember(name: string, bytes: Uint8Array, members: ReadonlyMap<string, Uint8Array>, result: ReadResult): void {
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  const frames = readFrames(bytes);
  const messages = frames.length === 0 ? readMessages(toText(bytes)) : undefined;
  const kind = guessKind(frames);
  if (frames.length === 0 && !messages) {
    result.skipped.push({ name, why: bytes.length === 0 ? 'it is empty' : 'no SSE frame is in it' });
    return;
  }
  if (STEP.test(name) && kind !== undefined && kind !== 'responses') {
    result.skipped.push({ name, why: `not a Responses stream (${kind})` });
    return;
  }
  const stream: RecordedStream = { name, bytes };
  if (messages) stream.messages = messages;
  const step = STEP.exec(name)?.[1];
  if (step !== undefined) stream.step = Number(step);
  if (/(?:^|\/)emitted\.sse$/.test(name)) {
    const request = readRequest(members.get(`${folder}request.json`));
    const upstream = members.get(`${folder}upstream.sse`);
    if (request) stream.request = request;
    if (upstream && upstream.length > 0) stream.upstream = upstream;
    const gateway = members.get(`${folder}gateway/upstream.sse`);
    if (gateway && gateway.length > 0) stream.gateway = gateway;
  }
  result.streams.push(stream);
}

function readHarMember(name: string, bytes: Uint8Array, members: ReadonlyMap<string, Uint8Array>, result: ReadResult): void {
  // A bundle's own HAR repeats its steps.
  if ([...members.keys()].some((other) => STEP.test(other))) return;
  const json = parseJsonObject(toText(bytes));
  if (!json || !isHar(json)) {
    result.skipped.push({ name, why: 'it is no HTTP archive' });
    return;
  }
  try {
    const found = readHar(json);
    result.streams.push(...found.streams.map((stream) => ({ ...stream, name: `${name}/${stream.name}` })));
    result.skipped.push(...found.skipped.map((row) => ({ ...row, name: `${name}/${row.name}` })));
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    result.skipped.push({ name, why: error.message });
  }
}

/** The bare body, or a recorded message with `headers` and `body`. */
function readRequest(bytes: Uint8Array | undefined): JsonObject | undefined {
  const json = bytes && parseJsonObject(toText(bytes));
  if (!json) return undefined;
  if ('headers' in json || 'method' in json) return isObject(json['body']) ? json['body'] : undefined;
  return json;
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
