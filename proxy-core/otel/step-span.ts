/**
 * One recorded step as one span, by the GenAI semantic conventions of OpenTelemetry: who was asked, for which
 * model, what it cost, how it ended; its findings are events. What was said is never in it: no prompt, no
 * answer, no arguments. Pure; reading is ./read-step-span.ts, the wire format ./to-otlp.ts.
 */
import type { StepDetail } from '../protocol/api/control-api.ts';
import type { HeaderList } from '../protocol/capture/tap-event.ts';
import { asArray, asNumber, asObject, asString, type JsonObject } from '../protocol/json.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { findRule } from '../protocol/lint/rules/index.ts';
import { parseTraceparent, toSpanId, toTraceId, type TraceParent } from './trace-ids.ts';

export type SpanAttributes = { [name: string]: string | number | boolean | string[] };

export interface StepSpan {
  traceId: string;
  spanId: string;
  flags: number;
  parent: TraceParent | null;
  /** Of the client, unchanged. */
  traceState: string | null;
  name: string;
  /** Microseconds since the epoch. */
  startUs: number;
  endUs: number;
  attributes: SpanAttributes;
  events: { name: string; atUs: number; attributes: SpanAttributes }[];
  droppedEvents: number;
  /** Why the step failed, in one sentence; null when it did not. */
  error: string | null;
}

export interface StepSpanSource {
  step: StepDetail;
  findings: readonly Finding[];
  /** Time of an event in the step, by its index. */
  eventTimesUs: ReadonlyMap<number, number>;
  /** The step that a gateway made this call for, when that is known. */
  outer: StepSpan | null;
}

/** What SDKs allow a span by default. */
const MAX_EVENTS = 128;
const MAX_TEXT = 500;
/** Rules whose sentence quotes what was said. */
const QUOTING_RULES = new Set(['data-json']);

export function toStepSpan({ step, findings, eventTimesUs, outer }: StepSpanSource): StepSpan {
  const parent = findParent(step.request.headers, outer);
  const endTUs = Math.max(0, Math.round((step.durationMs ?? 0) * 1_000));
  const request = asObject(step.request.body);
  const operation = operationOf(step.path);
  const isFailed = step.status === 'failed' || step.status === 'interrupted';
  const events = findings.slice(0, MAX_EVENTS).map((finding) => ({
    name: 'deltascope.finding',
    atUs: step.startedAt + (finding.event === null ? endTUs : (eventTimesUs.get(finding.event) ?? endTUs)),
    attributes: toFindingAttributes(finding),
  }));
  const model = step.model ?? asString(request['model']);
  return {
    traceId: parent?.traceId ?? toTraceId(step.sessionId),
    spanId: toSpanId(step.id),
    flags: parent?.flags ?? 1,
    parent,
    traceState: parent && parent.spanId !== outer?.spanId ? (headerOf(step.request.headers, 'tracestate') ?? null) : null,
    name: model === undefined ? operation : `${operation} ${model}`,
    startUs: step.startedAt,
    endUs: step.startedAt + endTUs,
    attributes: {
      ...toGenAiAttributes(step, request, operation),
      ...toOwnAttributes(step),
    },
    events,
    droppedEvents: findings.length - events.length,
    error: isFailed ? shorten(step.error ?? errorOf(step).message ?? step.status) : null,
  };
}

/** The client's own span; else the step whose gateway made this call. A gateway that hands its caller's header on is in between. */
function findParent(headers: HeaderList, outer: StepSpan | null): TraceParent | null {
  const sent = parseTraceparent(headerOf(headers, 'traceparent'));
  const ofOuter = outer && { traceId: outer.traceId, spanId: outer.spanId, flags: outer.flags };
  if (!sent) return ofOuter;
  return outer?.parent && sent.spanId === outer.parent.spanId && sent.traceId === outer.traceId ? ofOuter : sent;
}

/** Names: OpenTelemetry semantic conventions 1.41 (gen_ai, openai, server, error), those still in development included. */
function toGenAiAttributes(step: StepDetail, request: JsonObject, operation: string): SpanAttributes {
  const response = asObject(step.response?.body);
  const usage = asObject(response['usage']);
  const provider = PROVIDERS[step.upstreamKind] ?? 'openai';
  const isResponses = /\/responses(?:\/|\?|$)/.test(step.path);
  const format = asString(asObject(asObject(request['text'])['format'])['type']);
  const isOk = step.status === 'completed' || step.status === 'incomplete' || step.status === 'streaming';
  return present({
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': provider,
    'gen_ai.conversation.id': asString(request['conversation']) ?? asString(asObject(request['conversation'])['id']) ?? step.sessionId,
    'gen_ai.request.model': step.model ?? asString(request['model']),
    'gen_ai.request.stream': step.stream || undefined,
    'gen_ai.request.temperature': asNumber(request['temperature']),
    'gen_ai.request.top_p': asNumber(request['top_p']),
    'gen_ai.request.max_tokens': asNumber(request['max_output_tokens']) ?? asNumber(request['max_tokens']),
    'gen_ai.request.previous_response.id': step.previousResponseId,
    'gen_ai.request.reasoning.level': asString(asObject(request['reasoning'])['effort']),
    'gen_ai.output.type': format === undefined ? undefined : format.startsWith('json') ? 'json' : 'text',
    'gen_ai.response.id': step.responseId,
    'gen_ai.response.model': asString(response['model']),
    'gen_ai.response.finish_reasons': finishReasons(step, response),
    'gen_ai.response.time_to_first_chunk': step.stream && step.firstEventMs !== null ? step.firstEventMs / 1_000 : undefined,
    'gen_ai.usage.input_tokens': step.usage?.inputTokens,
    'gen_ai.usage.output_tokens': step.usage?.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': step.usage?.cachedTokens,
    'gen_ai.usage.cache_creation.input_tokens': asNumber(asObject(usage['input_tokens_details'])['cache_write_tokens']),
    'gen_ai.usage.reasoning.output_tokens': step.usage?.reasoningTokens,
    'openai.api.type':
      provider !== 'openai' ? undefined : isResponses ? 'responses' : /chat\/completions/.test(step.path) ? 'chat_completions' : undefined,
    'openai.request.service_tier': provider === 'openai' ? asString(request['service_tier']) : undefined,
    'openai.response.service_tier': provider === 'openai' ? asString(response['service_tier']) : undefined,
    ...serverOf(step),
    'error.type': isOk ? undefined : (errorOf(step).code ?? (step.status === 'failed' ? '_OTHER' : step.status)),
  });
}

/** Who speaks the wire format; behind a gateway it may be another one. */
const PROVIDERS: { [kind: string]: string } = {
  anthropic: 'anthropic',
  gemini: 'gcp.gemini',
  'openai-chat': 'openai',
  responses: 'openai',
};

function operationOf(path: string): string {
  return /:(?:stream)?generatecontent/i.test(path) ? 'generate_content' : 'chat';
}

function toOwnAttributes(step: StepDetail): SpanAttributes {
  return present({
    'deltascope.session.id': step.sessionId,
    'deltascope.step.id': step.id,
    'deltascope.step.index': step.index,
    'deltascope.step.status': step.status,
    'deltascope.upstream.name': step.upstream,
    'deltascope.upstream.kind': step.upstreamKind,
    'deltascope.linked_by': step.linkedBy,
    'deltascope.chunk.count': step.chunkCount,
    'deltascope.event.count': step.eventCount,
    'deltascope.finding.errors': step.findingCounts.error,
    'deltascope.finding.warnings': step.findingCounts.warning,
    'deltascope.finding.notes': step.findingCounts.note,
    'http.response.status_code': step.httpStatus,
  });
}

function toFindingAttributes(finding: Finding): SpanAttributes {
  const { rule, severity, message, event, sequenceNumber, outputIndex, itemId, hop, knownIssues } = finding;
  const isQuoting = QUOTING_RULES.has(rule);
  return present({
    'deltascope.finding.rule': rule,
    'deltascope.finding.severity': severity,
    'deltascope.finding.message': shorten(isQuoting ? (findRule(rule)?.title ?? rule) : message),
    'deltascope.finding.event': event,
    'deltascope.finding.sequence_number': sequenceNumber,
    'deltascope.finding.output_index': outputIndex,
    'deltascope.finding.item_id': itemId,
    'deltascope.finding.hop': hop,
    'deltascope.finding.known_issues': knownIssues.length > 0 ? knownIssues.map(({ repo, number }) => `${repo}#${number}`) : undefined,
  });
}

/** In the words of the conventions' output messages. */
function finishReasons(step: StepDetail, response: JsonObject): string[] | undefined {
  if (step.status === 'failed' || step.status === 'cancelled' || step.status === 'interrupted') return ['error'];
  if (step.status === 'incomplete')
    return [asString(asObject(response['incomplete_details'])['reason']) === 'content_filter' ? 'content_filter' : 'length'];
  if (step.status !== 'completed' || response['object'] !== 'response') return undefined;
  const asksForTool = asArray(response['output']).some((item) =>
    /^(?:function|custom_tool)_call$/.test(asString(asObject(item)['type']) ?? ''),
  );
  return [asksForTool ? 'tool_call' : 'stop'];
}

function errorOf(step: StepDetail): { code?: string; message?: string } {
  const body = asObject(step.response?.body);
  const error = asObject(body['error']);
  const status = step.httpStatus !== null && step.httpStatus >= 400 ? String(step.httpStatus) : undefined;
  const code = asString(error['code']) ?? asString(error['type']) ?? status;
  const message = asString(error['message']);
  return { ...(code === undefined ? {} : { code: shorten(code) }), ...(message === undefined ? {} : { message }) };
}

function serverOf(step: StepDetail): { 'server.address'?: string; 'server.port'?: number } {
  const url = step.upstreamRequests.at(-1)?.url ?? '';
  if (!URL.canParse(url)) return {};
  const { hostname, port, protocol } = new URL(url);
  return { 'server.address': hostname, 'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

function headerOf(headers: HeaderList, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function present(attributes: { [name: string]: SpanAttributes[string] | null | undefined }): SpanAttributes {
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, SpanAttributes[string]] => entry[1] !== null && entry[1] !== undefined),
  );
}
