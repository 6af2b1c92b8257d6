/**
 * Writes a session that was recorded elsewhere into the store, by telling it again as tap events: the
 * recorder and the linter see what they would have seen live. Samples, bundles and HAR come this way.
 */
import type { EmittedEvent, HeaderList, Observer, StepEnded, TapEvent } from '../protocol/capture/tap-event.ts';
import type { RecordedSession, RecordedStep } from '../protocol/capture/recorded-session.ts';
import { asNumber, asObject, asString, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import type { Usage } from '../protocol/responses/wire.ts';
import { createFrameReader } from '../sse/frame-reader.ts';
import { parseUsage } from './queries/step-rows.ts';

export interface ImportDeps {
  /** Called one after another, as by the live tap. */
  observers: readonly Observer[];
  /** Writes what the observers hold: a whole session comes at once, and what waits is bounded. */
  flush: () => unknown;
  createId: (prefix: string) => string;
  /** Recordings of others may hold secrets too. */
  masks: { headers(headers: HeaderList): HeaderList; url(url: string): string; bytes(bytes: Uint8Array): Uint8Array };
  /** Told of each step that a gateway's own call was recorded for; both are written by then. */
  onGateway?: (outerStepId: string, innerStepId: string, step: RecordedStep) => void;
}

const FLUSH_BYTES = 8_000_000;
const FLUSH_EVENTS = 2_000;

/** @returns the id of the new session. */
export async function importRecordedSession(recorded: RecordedSession, deps: ImportDeps): Promise<string> {
  const sessionId = deps.createId('sess');
  for (const [index, step] of recorded.steps.entries()) {
    const stepId = await importStep(step, { recorded, sessionId, index }, deps);
    if (!step.gateway) continue;
    const inner = { recorded, sessionId: deps.createId('sess'), index: 0, innerOf: stepId };
    const innerId = await importStep(step.gateway, inner, deps);
    deps.onGateway?.(stepId, innerId, step);
  }
  return sessionId;
}

interface StepPlace {
  recorded: RecordedSession;
  sessionId: string;
  index: number;
  innerOf?: string;
}

async function importStep(step: RecordedStep, { recorded, sessionId, index, innerOf }: StepPlace, deps: ImportDeps): Promise<string> {
  const stepId = deps.createId('step');
  const { headers, url, bytes } = deps.masks;
  emit(deps, {
    type: 'step.started',
    stepId,
    sessionId,
    index,
    startedAtUs: step.startedAtUs,
    transport: step.transport,
    method: step.method,
    path: url(step.path),
    headers: headers(step.headers),
    body: bytes(step.body),
    upstream: step.upstream,
    upstreamKind: step.upstreamKind,
    model: step.model,
    stream: step.stream,
    previousResponseId: step.previousResponseId,
    client: innerOf === undefined ? recorded.client : null,
    title: recorded.title,
    linkedBy: step.linkedBy,
    isResponses: step.isResponses,
    ...(innerOf === undefined ? {} : { innerOf }),
  });
  let waitingBytes = 0;
  let waitingEvents = 0;
  for (const event of toTapEvents(stepId, step, deps.masks)) {
    emit(deps, event);
    if ('bytes' in event) waitingBytes += event.bytes.length;
    waitingEvents += 1;
    if (waitingBytes < FLUSH_BYTES && waitingEvents < FLUSH_EVENTS) continue;
    waitingBytes = 0;
    waitingEvents = 0;
    await deps.flush();
  }
  await deps.flush();
  return stepId;
}

function emit({ observers }: ImportDeps, event: TapEvent): void {
  for (const observe of observers) observe(event);
}

/** Everything between the start and the end, in order of time, and the end. */
function toTapEvents(stepId: string, step: RecordedStep, masks: ImportDeps['masks']): TapEvent[] {
  const events: TapEvent[] = [];
  let chunkIndex = 0;
  const arrivals: { tUs: number; index: number }[] = [];
  step.attempts.forEach(({ tUs, method, url, headers, body, response, chunks, end }, attempt) => {
    const request = { method, url: masks.url(url), headers: masks.headers(headers), body: masks.bytes(body) };
    events.push({ type: 'upstream.request', stepId, attempt, tUs, ...request });
    if (response) events.push({ type: 'upstream.response', stepId, attempt, ...response, headers: masks.headers(response.headers) });
    for (const chunk of chunks) {
      arrivals.push({ tUs: chunk.tUs, index: chunkIndex });
      events.push({ type: 'upstream.chunk', stepId, attempt, index: chunkIndex++, tUs: chunk.tUs, bytes: masks.bytes(chunk.bytes) });
    }
    if (end) events.push({ type: 'upstream.end', stepId, attempt, ...end });
  });
  if (step.head) events.push({ type: 'client.head', stepId, ...step.head, headers: masks.headers(step.head.headers) });
  const written = toWrites(stepId, step, arrivals, masks);
  for (const warning of step.warnings) events.push({ type: 'warning', stepId, ...warning });
  const all = [...events, ...written.events];
  // The sort is stable: at one instant the upstream comes before what it caused.
  const ordered = all.toSorted((left, right) => timeOf(left) - timeOf(right));
  const last = ordered.reduce((latest, event) => Math.max(latest, timeOf(event)), 0);
  return [...ordered, toEnd(stepId, step, written, last)];
}

function timeOf(event: TapEvent): number {
  return 'tUs' in event ? event.tUs : 0;
}

interface Written {
  events: TapEvent[];
  /** What a client knows at the end: the last response object, the last event's type. */
  response: JsonObject | undefined;
  lastType: string | undefined;
}

function toWrites(stepId: string, step: RecordedStep, arrivals: { tUs: number; index: number }[], masks: ImportDeps['masks']): Written {
  const written: Written = { events: [], response: undefined, lastType: undefined };
  const find = step.stream ? createEventFinder(step.transport) : undefined;
  let index = 0;
  step.writes.forEach(({ tUs, bytes: source }, i) => {
    const bytes = masks.bytes(source);
    const found = find?.(bytes, i === step.writes.length - 1) ?? [];
    const events = found.map((frame): EmittedEvent => {
      const cause = step.causes ? step.causes[index] : arrivals.findLast((arrival) => arrival.tUs <= tUs)?.index;
      const json = parseJsonObject(frame.data);
      written.lastType = asString(json?.['type']) ?? written.lastType;
      if (json?.['response'] !== undefined) written.response = { ...written.response, ...asObject(json['response']) };
      return { ...frame, index: index++, json, tUs, chunkIndex: cause ?? null };
    });
    written.events.push({ type: 'client.write', stepId, tUs, bytes, events });
  });
  if (!step.stream) written.response = parseJsonObject(Buffer.concat(step.writes.map((write) => write.bytes)).toString('utf8'));
  return written;
}

type FoundEvent = Pick<EmittedEvent, 'name' | 'data' | 'offset' | 'length'>;

function createEventFinder(transport: 'http' | 'websocket'): (bytes: Uint8Array, isLast: boolean) => FoundEvent[] {
  if (transport === 'websocket') return createLineFinder();
  const reader = createFrameReader();
  return (bytes, isLast) => {
    const frames = isLast ? [...reader.push(bytes), ...reader.end()] : reader.push(bytes);
    return frames.flatMap(({ event, data, offset, length }) => (data.trim() === '[DONE]' ? [] : { name: event, data, offset, length }));
  };
}

/** One message a line; a write is a whole number of messages. */
function createLineFinder(): (bytes: Uint8Array) => FoundEvent[] {
  let offset = 0;
  return (bytes) =>
    Buffer.from(bytes)
      .toString('utf8')
      .split(/(?<=\n)/)
      .flatMap((line) => {
        const length = Buffer.byteLength(line);
        offset += length;
        return line.trim() === '' ? [] : { name: null, data: line.trimEnd(), offset: offset - length, length };
      });
}

function toEnd(stepId: string, step: RecordedStep, { response, lastType }: Written, lastUs: number): StepEnded {
  const end = step.end ?? {};
  const httpStatus = step.head?.status ?? 0;
  return {
    type: 'step.ended',
    stepId,
    tUs: end.tUs ?? lastUs,
    status: end.status ?? toStatus(step, response, lastType, httpStatus),
    httpStatus,
    responseId: end.responseId ?? asString(response?.['id']) ?? null,
    responseIdAliases: end.responseIdAliases ?? [],
    model: step.model,
    usage: end.usage ?? toUsage(response),
    error: end.error ?? asString(asObject(response?.['error'])['message']) ?? null,
  };
}

function toStatus(
  step: RecordedStep,
  response: JsonObject | undefined,
  lastType: string | undefined,
  httpStatus: number,
): StepEnded['status'] {
  if (httpStatus >= 400 || httpStatus === 0) return 'failed';
  if (!step.isResponses) return 'completed';
  const word = step.stream ? lastType?.replace(/^response\./, '') : asString(response?.['status']);
  // A stream without its terminal event was cut: that is no success.
  return word === 'completed' || word === 'incomplete' ? word : 'failed';
}

function toUsage(response: JsonObject | undefined): Usage | null {
  const usage = asObject(response?.['usage']);
  return asNumber(usage['input_tokens']) === undefined ? null : parseUsage(JSON.stringify(usage));
}
