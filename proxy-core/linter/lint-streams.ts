/** Lints recorded streams as the live linter would have: with request, upstream and earlier steps where they are known. */
import { asObject, asString, isObject, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import type { EventPlace } from '../protocol/lint/report/report.ts';
import { createLinter, sortFindings, toLintEvent } from '../protocol/lint/run-rules.ts';
import { createFrameReader, type SseFrame } from '../sse/frame-reader.ts';
import type { RecordedStream } from '../files/recorded-stream.ts';
import { digestBytes } from './digest-bytes.ts';
import { gatewayFindings } from './gateway-findings.ts';
import { createSessionMemory } from './session-memory.ts';

const READ_BYTES = 262_144;

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
    const offsets: number[] = [];
    const responseIds = new Set<string>();
    const output: JsonObject[] = [];
    for (const frames of framesOf(stream)) for (const frame of frames) take(frame);

    function take(frame: SseFrame): void {
      const event = toLintEvent(frame, offsets.length / 2);
      if (!event) return;
      offsets.push(frame.offset, frame.length);
      linter.event(event);
      if (event.json) collect(event.json, responseIds, output);
    }
    const upstream = stream.upstream ? digestBytes(stream.upstream) : undefined;
    linter.end(upstream ? { upstream } : {});
    if (stream.step !== undefined) memory.finish('file', stream.request, [...responseIds], output);
    const findings = sortFindings(linter.findings);
    const { gateway } = stream;
    const judged = gateway ? gatewayFindings({ findings, emitted: stream.bytes, inner: gateway }) : findings;
    return { name: stream.name, events: offsets.length / 2, findings: judged, places: placesOf(judged, offsets, stream.bytes) };
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

/** @param offsets of each event its offset and its length, in one flat list. */
function placesOf(findings: readonly Finding[], offsets: readonly number[], bytes: Uint8Array): Map<number, EventPlace> {
  const named = [...new Set(findings.flatMap(({ event }) => event ?? []))].toSorted((a, b) => a - b);
  const lines = createLineCounter(bytes);
  const places = new Map<number, EventPlace>();
  for (const event of named) {
    const byteOffset = offsets[event * 2];
    const byteLength = offsets[event * 2 + 1];
    if (byteOffset === undefined || byteLength === undefined) continue;
    places.set(event, { line: lines.lineAt(byteOffset), byteOffset, byteLength });
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

/** Line numbers of growing offsets, each byte looked at once. */
function createLineCounter(bytes: Uint8Array): { lineAt(offset: number): number } {
  let line = 1;
  let at = 0;
  return {
    lineAt(offset) {
      for (; at < offset && at < bytes.length; at++) {
        if (bytes[at] === 10 || (bytes[at] === 13 && bytes[at + 1] !== 10)) line += 1;
      }
      return line;
    },
  };
}
