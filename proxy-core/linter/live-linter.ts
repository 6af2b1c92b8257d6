/**
 * Runs the rules on what goes to the client, while it goes. An observer of taps: it sees the emitted
 * events of Responses steps and the upstream's bytes beside them, and never steers. Nothing is kept of
 * a step once it has ended, but the ids of its session.
 */
import { asObject, asString, isObject, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { createLeanMap } from '../protocol/lean-map.ts';
import type { EmittedEvent, Observer, StepStarted, TapEvent } from '../protocol/capture/tap-event.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import type { LintEvent } from '../protocol/lint/lint-event.ts';
import { createLinter, sortFindings, type Linter } from '../protocol/lint/run-rules.ts';
import type { UpstreamDigest } from '../protocol/lint/upstream-digest/digest.ts';
import { createDigestReader, isDigestKind, type DigestReader } from '../protocol/lint/upstream-digest/index.ts';
import { createFrameReader, type FrameReader } from '../sse/frame-reader.ts';
import { createSessionMemory, type StoreFacts } from './session-memory.ts';

/** An error body longer than this is not looked at. */
const MAX_JSON_BYTES = 8_000_000;

export interface LiveLinterOptions {
  /** New findings, as they are made. Their `related`, `hop` and `message` may still change. */
  onFindings(stepId: string, findings: Finding[]): void;
  /** All findings of a step that has ended, in order of the stream: these replace the earlier ones. */
  onStepFindings?(stepId: string, findings: Finding[]): void;
  /** What the bridge's own store says about ids; absent or undefined answers keep those rules silent. */
  store?: StoreFacts;
}

interface LiveStep {
  started: StepStarted;
  request: JsonObject | undefined;
  linter: Linter;
  responseIds: Set<string>;
  output: JsonObject[];
  upstream: { frames: FrameReader; digest: DigestReader; isRead: boolean; frameCount: number } | null;
  httpStatus: number;
  isJson: boolean;
  jsonChunks: Uint8Array[];
  jsonBytes: number;
  eventCount: number;
}

export function createLiveLinter(options: LiveLinterOptions): Observer {
  const steps = createLeanMap<string, LiveStep>();
  const memory = createSessionMemory(options.store);

  return (event: TapEvent) => {
    if (event.type === 'step.started') {
      if (event.isResponses) start(event);
      return;
    }
    const step = steps.get(event.stepId);
    if (!step) return;
    switch (event.type) {
      case 'upstream.request': {
        const kind = step.started.upstreamKind;
        // After a stream another request continues it (a paused turn); after a refusal it begins anew.
        const digest = step.upstream?.isRead ? step.upstream.digest : isDigestKind(kind) ? createDigestReader(kind) : undefined;
        step.upstream = digest ? { frames: createFrameReader(), digest, isRead: false, frameCount: 0 } : null;
        return;
      }
      case 'upstream.response':
        // The content type is not asked: some servers mislabel their streams.
        if (step.upstream) step.upstream.isRead = event.status < 300;
        return;
      case 'upstream.chunk':
        readUpstream(step, event.bytes, event.tUs);
        return;
      case 'client.head':
        step.httpStatus = event.status;
        step.isJson = event.headers.some(([name, value]) => name.toLowerCase() === 'content-type' && value.includes('json'));
        return;
      case 'client.write':
        write(step, event.bytes, event.events);
        return;
      case 'step.ended':
        steps.delete(event.stepId);
        end(step, event.status === 'cancelled', event.status === 'completed' || event.status === 'incomplete');
        return;
      default:
    }
  };

  function start(started: StepStarted): void {
    const isCreate = started.transport === 'websocket' || (started.method === 'POST' && /\/responses\/?(\?|$)/.test(started.path));
    const request = isCreate ? parseJsonObject(decode(started.body)) : undefined;
    const session = memory.begin(started.sessionId, started.index, request);
    const linter = createLinter({ ...(request ? { request } : {}), session });
    steps.set(started.stepId, {
      started,
      request,
      linter,
      responseIds: new Set(),
      output: [],
      upstream: null,
      httpStatus: 200,
      isJson: false,
      jsonChunks: [],
      jsonBytes: 0,
      eventCount: 0,
    });
    if (linter.findings.length > 0) options.onFindings(started.stepId, [...linter.findings]);
  }

  function write(step: LiveStep, bytes: Uint8Array, events: readonly EmittedEvent[]): void {
    if (step.isJson && events.length === 0) {
      step.jsonBytes += bytes.length;
      if (step.jsonBytes <= MAX_JSON_BYTES) step.jsonChunks.push(new Uint8Array(bytes));
      return;
    }
    const fresh: Finding[] = [];
    for (const emitted of events) {
      const event = toEvent(step, emitted);
      fresh.push(...step.linter.event(event));
      step.eventCount += 1;
      if (event.json) collect(step, event.json);
    }
    if (fresh.length > 0) options.onFindings(step.started.stepId, fresh);
  }

  function end(step: LiveStep, isClientGone: boolean, isWhole: boolean): void {
    const answer = readAnswer(step);
    const upstream = digestOf(step);
    if (step.eventCount > 0 || answer) {
      const fresh = step.linter.end({
        cause: isClientGone ? 'client-gone' : 'end',
        ...(upstream ? { upstream } : {}),
        ...(answer ? { answer } : {}),
      });
      if (fresh.length > 0) options.onFindings(step.started.stepId, fresh);
    }
    if (step.responseIds.size > 0 || isWhole) memory.finish(step.started.sessionId, step.request, [...step.responseIds], step.output);
    options.onStepFindings?.(step.started.stepId, sortFindings(step.linter.findings));
  }

  /** The body of a JSON answer: an error, or a whole response whose ids are then known. */
  function readAnswer(step: LiveStep): { status: number; body: JsonObject | undefined } | undefined {
    if (!step.isJson || step.eventCount > 0) return undefined;
    const body = step.jsonBytes <= MAX_JSON_BYTES ? parseJsonObject(decode(Buffer.concat(step.jsonChunks))) : undefined;
    if (body?.['object'] === 'response') collect(step, { type: 'response.completed', response: body });
    return { status: step.httpStatus, body };
  }

  function readUpstream(step: LiveStep, bytes: Uint8Array, tUs: number): void {
    const { upstream } = step;
    if (!upstream?.isRead) return;
    for (const frame of upstream.frames.push(bytes)) {
      upstream.digest.frame(frame, tUs);
      upstream.frameCount += 1;
    }
  }

  /** Undefined when the upstream's answer was no event stream: then there is nothing to compare with. */
  function digestOf(step: LiveStep): UpstreamDigest | undefined {
    const { upstream } = step;
    if (!upstream) return undefined;
    for (const frame of upstream.frames.end()) {
      upstream.digest.frame(frame, null);
      upstream.frameCount += 1;
    }
    return upstream.frameCount > 0 ? upstream.digest.end() : undefined;
  }
}

function toEvent(step: LiveStep, emitted: EmittedEvent): LintEvent {
  emitted.json ??= parseJsonObject(emitted.data);
  const { index, data, json, tUs, chunkIndex } = emitted;
  // A WebSocket message has no `event:` line to be wrong.
  const name = step.started.transport === 'websocket' ? (asString(json?.['type']) ?? null) : emitted.name;
  return { index, name, data, json, tUs, chunkIndex };
}

/** Ids that this event handed to the client. */
function collect(step: LiveStep, json: JsonObject): void {
  const response = asObject(json['response']);
  const id = asString(response['id']);
  if (id !== undefined) step.responseIds.add(id);
  if (json['type'] === 'response.output_item.done' && isObject(json['item'])) step.output.push(slim(json['item']));
  else if (Array.isArray(response['output'])) step.output.push(...response['output'].filter(isObject).map(slim));
}

function slim(item: JsonObject): JsonObject {
  return { id: item['id'], type: item['type'], call_id: item['call_id'] };
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
