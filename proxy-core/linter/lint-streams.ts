/** Lints recorded streams as the live linter would have: with request, upstream and earlier steps where they are known. */
import { asObject, asString, isObject, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import type { EventPlace } from '../protocol/lint/report/report.ts';
import { createLinter, sortFindings, toLintEvent } from '../protocol/lint/run-rules.ts';
import { readFrames, type SseFrame } from '../sse/frame-reader.ts';
import type { RecordedStream } from '../files/recorded-stream.ts';
import { digestBytes } from './digest-bytes.ts';
import { gatewayFindings } from './gateway-findings.ts';
import { createSessionMemory } from './session-memory.ts';

export interface LintedStream {
  name: string;
  /** Data frames but [DONE]. */
  events: number;
  findings: Finding[];
  places: EventPlace[];
}

/** Streams with a `step` are taken as the steps of one session, in the order given. */
export function lintStreams(streams: readonly RecordedStream[], ruleIds?: ReadonlySet<string>): LintedStream[] {
  const memory = createSessionMemory();
  return streams.map((stream) => {
    const facts = stream.step === undefined ? {} : { session: memory.begin('file', stream.step, stream.request) };
    const linter = createLinter({ ...(ruleIds ? { ruleIds } : {}), ...(stream.request ? { request: stream.request } : {}), ...facts });
    const lines = createLineCounter(stream.bytes);
    const places: EventPlace[] = [];
    const responseIds = new Set<string>();
    const output: JsonObject[] = [];
    for (const frame of framesOf(stream)) {
      const event = toLintEvent(frame, places.length);
      if (!event) continue;
      places.push({ line: lines.lineAt(frame.offset), byteOffset: frame.offset, byteLength: frame.length });
      linter.event(event);
      collect(event.json ?? {}, responseIds, output);
    }
    const upstream = stream.upstream ? digestBytes(stream.upstream) : undefined;
    linter.end(upstream ? { upstream } : {});
    if (stream.step !== undefined) memory.finish('file', stream.request, [...responseIds], output);
    const findings = sortFindings(linter.findings);
    const { gateway } = stream;
    const judged = gateway ? gatewayFindings({ findings, emitted: stream.bytes, inner: gateway }) : findings;
    return { name: stream.name, events: places.length, findings: judged, places };
  });
}

function framesOf(stream: RecordedStream): SseFrame[] {
  if (!stream.messages) return readFrames(stream.bytes);
  let offset = 0;
  return stream.messages.map((data) => {
    const length = Buffer.byteLength(data);
    // A WebSocket message has no `event:` line; its type stands for one.
    const frame = { event: asString(parseJsonObject(data)?.['type']) ?? null, data, id: null, offset, length, terminated: true };
    offset += length + 1;
    return frame;
  });
}

function collect(json: JsonObject, responseIds: Set<string>, output: JsonObject[]): void {
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
