/** Lints recorded streams as the live linter would have: with request, upstream and earlier steps where they are known. */
import { asObject, asString, isObject, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import type { EventPlace } from '../protocol/lint/report/report.ts';
import { createLinter, isDone, sortFindings, toLintEvent } from '../protocol/lint/run-rules.ts';
import { createFrameReader, type SseFrame } from '../sse/frame-reader.ts';
import type { RecordedStream } from '../files/recorded-stream.ts';
import { digestBytes } from './digest-bytes.ts';
import { gatewayFindings } from './gateway-findings.ts';
import { createSessionMemory } from './session-memory.ts';

const READ_BYTES = 65_536;

export interface LintedStream {
  name: string;
  /** Data frames but [DONE]. */
  events: number;
  findings: Finding[];
  /** By event index; only of events that a finding names. */
  places: ReadonlyMap<number, EventPlace>;
}

/** Streams with a `step` are taken as the steps of one session, in the order given. */
export function lintStreams(streams: readonly RecordedStream[], ruleIds?: ReadonlySet<string>): LintedStream[] {
  const memory = createSessionMemory();
  return streams.map((stream) => {
    const facts = stream.step === undefined ? {} : { session: memory.begin('file', stream.step, stream.request) };
    const linter = createLinter({ ...(ruleIds ? { ruleIds } : {}), ...(stream.request ? { request: stream.request } : {}), ...facts });
    let events = 0;
    const responseIds = new Set<string>();
    const output: JsonObject[] = [];
    for (const frames of framesOf(stream)) for (const frame of frames) take(frame);

    function take(frame: SseFrame): void {
      const event = toLintEvent(frame, events);
      if (!event) return;
      events += 1;
      linter.event(event);
      if (event.json && stream.step !== undefined) collect(event.json, responseIds, output);
    }
    const upstream = stream.upstream ? digestBytes(stream.upstream) : undefined;
    linter.end(upstream ? { upstream } : {});
    if (stream.step !== undefined) memory.finish('file', stream.request, [...responseIds], output);
    const findings = sortFindings(linter.findings);
    const { gateway } = stream;
    const judged = gateway ? gatewayFindings({ findings, emitted: stream.bytes, inner: gateway }) : findings;
    return { name: stream.name, events, findings: judged, places: placesOf(judged, stream) };
  });
}

/** In batches, so that a long stream is not held twice. */
function* framesOf({ bytes, messages }: RecordedStream): Generator<SseFrame[]> {
  if (messages) {
    yield toFrames(messages);
    return;
  }
  const reader = createFrameReader();
  for (let at = 0; at < bytes.length; at += READ_BYTES) yield reader.push(bytes.subarray(at, at + READ_BYTES));
  yield reader.end();
}

function toFrames(messages: readonly string[]): SseFrame[] {
  let offset = 0;
  return messages.map((data) => {
    const length = Buffer.byteLength(data);
    // A WebSocket message has no `event:` line; its type stands for one.
    const frame = { event: asString(parseJsonObject(data)?.['type']) ?? null, data, id: null, offset, length, terminated: true };
    offset += length + 1;
    return frame;
  });
}

/** The stream is read once more for it, if anything was found at all: to remember where every event lies costs more. */
function placesOf(findings: readonly Finding[], stream: RecordedStream): Map<number, EventPlace> {
  const named = new Set(findings.flatMap(({ event }) => event ?? []));
  const places = new Map<number, EventPlace>();
  if (named.size === 0) return places;
  const lines = createLineCounter(stream.bytes);
  let event = 0;
  for (const frames of framesOf(stream)) {
    for (const { data, offset, length } of frames) {
      if (isDone(data)) continue;
      if (named.has(event)) places.set(event, { line: lines.lineAt(offset), byteOffset: offset, byteLength: length });
      event += 1;
    }
  }
  return places;
}

function collect(json: JsonObject, responseIds: Set<string>, output: JsonObject[]): void {
  if (json['response'] === undefined && json['item'] === undefined) return;
  const response = asObject(json['response']);
  const id = asString(response['id']);
  if (id !== undefined) responseIds.add(id);
  if (json['type'] === 'response.output_item.done' && isObject(json['item'])) output.push(json['item']);
  else if (Array.isArray(response['output'])) output.push(...response['output'].filter(isObject));
}

/** Line numbers of growing offsets, each byte looked at once. A line ends with LF, CRLF or CR. */
function createLineCounter(bytes: Uint8Array): { lineAt(offset: number): number } {
  let line = 1;
  const feeds = createFinder(bytes, 10);
  const returns = createFinder(bytes, 13);
  return {
    lineAt(offset) {
      for (; feeds.at < offset; feeds.next()) line += 1;
      for (; returns.at < offset; returns.next()) if (bytes[returns.at + 1] !== 10) line += 1;
      return line;
    },
  };
}

/** The places of one byte, one after the other; at the end infinity. */
function createFinder(bytes: Uint8Array, byte: number): { readonly at: number; next(): void } {
  const finder = { at: -1, next };
  function next(): void {
    const found = bytes.indexOf(byte, finder.at + 1);
    finder.at = found === -1 ? Infinity : found;
  }
  next();
  return finder;
}
