/**
 * A sample as a recorded session, ready for import. The captures have the exact bytes of both sides but
 * times for the client's side only; the upstream's frames are spread over the same time, and the step says so.
 */
import type { RecordedBytes, RecordedSession, RecordedStep } from '../../protocol/capture/recorded-session.ts';
import { asArray, asObject, asString, type JsonObject } from '../../protocol/json.ts';
import type { SampleSession, SampleStep } from './index.ts';

/** How far apart the capture's scripted provider sent its frames. */
const FRAME_US = 8_150;
/** Between two steps, where the capture kept no time either: long enough for a tool to run. */
const TOOL_US = 46_000;
const FIRST_CHUNK_US = 2_000;
/** What the bridge itself takes per chunk, about. */
const BRIDGE_US = 200;
/** The clean sample is listed above the broken one it mirrors. */
const CLEAN_LATER_US = 60_000_000;

export function toRecordedSession(sample: SampleSession): RecordedSession {
  let startedAtUs = sample.recordedAtMs * 1000;
  const steps = sample.steps.map((step) => {
    const recorded = toRecordedStep(step, sample.upstream, startedAtUs);
    startedAtUs += durationOf(step) + TOOL_US;
    return recorded;
  });
  return { title: sample.title, client: sample.client, steps };
}

/** What Deltascope itself makes of upstream chunks: one SSE frame and its cause per event. */
export type Retranslate = (
  chunks: readonly Uint8Array[],
  step: SampleStep,
) => { frames: string[]; causes: (number | null)[]; output: JsonObject[] };

/** The same conversation as a sample, with the same upstream bytes, through our own bridge: how it should look. */
export function toCleanSession(sample: SampleSession, retranslate: Retranslate): RecordedSession {
  const { client, steps } = toRecordedSession(sample);
  let output: JsonObject[] = [];
  const clean = steps.map((recorded, index): RecordedStep => {
    const step = sample.steps[index] as SampleStep;
    const request = index === 0 ? step.request : { ...step.request, input: toCleanInput(step.request, output) };
    const chunks = recorded.attempts[0]?.chunks ?? [];
    const made = retranslate(
      chunks.map(({ bytes }) => bytes),
      step,
    );
    output = made.output;
    const writes = made.frames.map((frame, event) => ({
      tUs: (chunks[made.causes[event] ?? 0]?.tUs ?? FIRST_CHUNK_US) + BRIDGE_US,
      bytes: encode(frame),
    }));
    return {
      ...recorded,
      upstream: recorded.upstreamKind,
      startedAtUs: recorded.startedAtUs + CLEAN_LATER_US,
      body: encode(JSON.stringify(request)),
      writes,
      causes: made.causes,
    };
  });
  return { title: sample.title.replace(/through LiteLLM$/, 'through Deltascope'), client, steps: clean };
}

/** What the client would have sent back had it got our items: those, between its own messages and the outputs. */
function toCleanInput(request: JsonObject, output: JsonObject[]): JsonObject[] {
  const items = asArray(request['input']).map(asObject);
  return [
    ...items.filter((item) => item['role'] === 'user'),
    ...output,
    ...items.filter((item) => item['type'] === 'function_call_output'),
  ];
}

function toRecordedStep(step: SampleStep, upstream: string, startedAtUs: number): RecordedStep {
  const json = [['content-type', 'application/json']] as [string, string][];
  const writes = toWrites(step);
  const chunks = toChunks(step);
  const upstreamType = step.stream ? 'text/event-stream' : 'application/json';
  return {
    startedAtUs,
    transport: 'http',
    method: 'POST',
    path: '/v1/responses',
    headers: json,
    body: encode(JSON.stringify(step.request)),
    upstream,
    upstreamKind: step.upstream.kind,
    model: step.model,
    stream: step.stream,
    isResponses: true,
    previousResponseId: asString(step.request['previous_response_id']) ?? null,
    linkedBy: null,
    attempts: [
      {
        tUs: FIRST_CHUNK_US / 2,
        method: step.upstream.method,
        url: step.upstream.path,
        headers: json,
        body: encode(JSON.stringify(step.upstream.request)),
        response: { tUs: FIRST_CHUNK_US, status: 200, headers: [['content-type', upstreamType]] },
        chunks,
        end: { tUs: chunks.at(-1)?.tUs ?? FIRST_CHUNK_US, cause: 'end' },
      },
    ],
    head: { tUs: writes[0]?.tUs ?? FIRST_CHUNK_US, status: step.httpStatus, headers: [['content-type', step.emitted.contentType]] },
    writes,
    warnings: [
      {
        code: 'upstream_times_estimated',
        message: 'A sample: its bytes are real, but when the upstream’s chunks came was not captured and is estimated.',
      },
    ],
  };
}

function toWrites({ emitted }: SampleStep): RecordedBytes[] {
  const bytes = encode(emitted.text);
  let offset = 0;
  return emitted.timing.map(([ms, size]) => {
    const write = { tUs: Math.round(ms * 1000), bytes: bytes.subarray(offset, offset + size) };
    offset += size;
    return write;
  });
}

/** One chunk a frame, evenly spaced, the last one just before the last thing that the client got. */
function toChunks(step: SampleStep): RecordedBytes[] {
  const frames = step.upstream.text.split(/(?<=\n\n)/).filter((frame) => frame !== '');
  const endUs = Math.max(durationOf(step) - FRAME_US / 2, FIRST_CHUNK_US);
  const gapUs = Math.min(FRAME_US, frames.length > 1 ? (endUs - FIRST_CHUNK_US) / (frames.length - 1) : 0);
  const startUs = Math.max(FIRST_CHUNK_US, endUs - gapUs * (frames.length - 1));
  return frames.map((frame, index) => ({ tUs: Math.round(startUs + gapUs * index), bytes: encode(frame) }));
}

function durationOf(step: SampleStep): number {
  return Math.round((step.emitted.timing.at(-1)?.[0] ?? 0) * 1000);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
