/** Sends a request to the server under test and takes down everything that comes back, for the linter and as evidence. */
import { asArray, asObject, asString, isObject, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { createFrameReader, type SseFrame } from '../sse/frame-reader.ts';
import { failed, type Answer, type AskOptions } from './scenario.ts';

export interface AskTarget {
  /** As SDKs take it: `/responses` is appended. */
  baseURL: string;
  headers: Record<string, string>;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface Evidence {
  request: JsonObject;
  status: number;
  responseHeaders: [string, string][];
  chunks: { tUs: number; bytes: Uint8Array }[];
  startedAtMs: number;
  /** Not linted: left on purpose, or an error on purpose. */
  isPartial: boolean;
}

export async function ask(
  target: AskTarget,
  body: JsonObject,
  { rawBody, leaveAt, isErrorWanted = false }: AskOptions,
): Promise<{ answer: Answer; evidence: Evidence }> {
  const leave = new AbortController();
  const signal = AbortSignal.any([target.signal, leave.signal, AbortSignal.timeout(target.timeoutMs)]);
  const startedMs = performance.now();
  const evidence: Evidence = {
    request: body,
    status: 0,
    responseHeaders: [],
    chunks: [],
    startedAtMs: Date.now(),
    isPartial: isErrorWanted,
  };
  const reader = createFrameReader();
  const frames: SseFrame[] = [];
  let contentType = '';
  let hasLeft = false;
  try {
    const reply = await fetch(`${target.baseURL.replace(/\/+$/, '')}/responses`, {
      method: 'POST',
      signal,
      headers: { ...target.headers, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: rawBody ?? JSON.stringify(body),
    });
    evidence.status = reply.status;
    evidence.responseHeaders = [...reply.headers];
    contentType = reply.headers.get('content-type') ?? '';
    for await (const bytes of reply.body ?? []) {
      evidence.chunks.push({ tUs: Math.round((performance.now() - startedMs) * 1000), bytes });
      const fresh = reader.push(bytes);
      frames.push(...fresh);
      if (leaveAt !== undefined && fresh.some(({ data }) => typeOf(data) === leaveAt)) {
        hasLeft = true;
        leave.abort();
        break;
      }
    }
    frames.push(...reader.end());
  } catch (error) {
    if (!hasLeft) throw failed(describe(error, target, evidence));
  }
  evidence.isPartial ||= hasLeft;
  return { answer: toAnswer(evidence, frames, contentType, hasLeft), evidence };
}

function describe(error: unknown, { baseURL, timeoutMs, signal }: AskTarget, { status }: Evidence): string {
  if (signal.aborted) return 'The probe was cancelled.';
  if (error instanceof Error && error.name === 'TimeoutError') return `The server did not end its answer within ${timeoutMs / 1000} s.`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? [(cause as NodeJS.ErrnoException).code, cause.message].filter(Boolean).join(' ') : String(cause);
  return status === 0 ? `${baseURL} can't be reached: ${why}.` : `The connection broke in mid-answer: ${why}.`;
}

function toAnswer(evidence: Evidence, frames: readonly SseFrame[], contentType: string, hasLeft: boolean): Answer {
  const body = Buffer.concat(evidence.chunks.map(({ bytes }) => bytes)).toString('utf8');
  const events = frames.flatMap(({ data }): JsonObject[] => {
    const json = parseJsonObject(data);
    return json ? [json] : [];
  });
  const whole = events.length === 0 ? parseJsonObject(body) : undefined;
  const response = whole ?? asObject(events.findLast((event) => isObject(event['response']))?.['response']);
  const done = events.filter(({ type }) => type === 'response.output_item.done').map((event) => asObject(event['item']));
  const items = done.length > 0 ? done : asArray(response['output']).filter(isObject);
  const deltas = events.filter(({ type }) => type === 'response.output_text.delta').map((event) => asString(event['delta']) ?? '');
  return {
    status: evidence.status,
    contentType,
    body,
    events,
    response,
    lastType: asString(events.at(-1)?.['type']) ?? '',
    text:
      deltas.join('') || items.flatMap((item) => asArray(item['content']).map((part) => asString(asObject(part)['text']) ?? '')).join(''),
    calls: items.filter(({ type }) => type === 'function_call'),
    items,
    hasLeft,
  };
}

function typeOf(data: string): string | undefined {
  return asString(parseJsonObject(data)?.['type']);
}
