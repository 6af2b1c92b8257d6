/**
 * `.devtools/generations.json` of AI SDK DevTools: one session per run. Streamed steps are read from the raw
 * chunks that its middleware keeps, others from the provider's answer; what the SDK made of them is not looked at.
 */
import type { RecordedSession, RecordedStep } from '../protocol/capture/recorded-session.ts';
import { asArray, asNumber, asObject, asString, isObject, parseJson, type JsonObject } from '../protocol/json.ts';
import { toImportedStep } from './imported-step.ts';

export function isDevtools(json: JsonObject): boolean {
  return Array.isArray(json['runs']) && Array.isArray(json['steps']);
}

export function readDevtools(name: string, json: JsonObject): { sessions: RecordedSession[]; skipped: { name: string; why: string }[] } {
  const skipped: { name: string; why: string }[] = [];
  const steps = asArray(json['steps']).filter(isObject);
  const sessions = asArray(json['runs'])
    .map(asObject)
    .flatMap((run): RecordedSession[] => {
      const own = steps
        .filter((step) => step['run_id'] === run['id'])
        .toSorted((a, b) => (asNumber(a['step_number']) ?? 0) - (asNumber(b['step_number']) ?? 0));
      const recorded = own.flatMap((step): RecordedStep[] => {
        const read = readStep(step);
        if (typeof read !== 'string') return [read];
        skipped.push({ name: `${name}: run ${asString(run['id']) ?? '?'}, step ${asNumber(step['step_number']) ?? '?'}`, why: read });
        return [];
      });
      return recorded.length > 0
        ? [{ title: asString(run['function_id']) ?? '', client: { name: 'AI SDK', version: '' }, steps: recorded }]
        : [];
    });
  return { sessions, skipped };
}

function readStep(step: JsonObject): RecordedStep | string {
  const chunks = asArray(toValue(step['raw_chunks'])).map(unwrap);
  const answer = step['type'] === 'generate' ? toValue(step['raw_response']) : undefined;
  if (chunks.length === 0 && !isObject(answer)) {
    const error = asString(step['error']);
    return error === undefined
      ? "its raw chunks were not recorded (the SDK's devToolsMiddleware records them, its telemetry integration does not)"
      : `nothing of an answer was recorded: ${error.slice(0, 200)}`;
  }
  const isStream = chunks.length > 0;
  const isResponses = isStream
    ? chunks.some((chunk) => (asString(asObject(chunk)['type']) ?? '').startsWith('response.'))
    : asObject(answer)['object'] === 'response';
  const text = isStream ? chunks.map((chunk) => toFrame(chunk)).join('') : JSON.stringify(answer);
  const request = toValue(step['raw_request']);
  const body = asObject(request)['body'] ?? request;
  const startedAtMs = Date.parse(asString(step['started_at']) ?? '');
  return toImportedStep({
    startedAtUs: Number.isFinite(startedAtMs) ? startedAtMs * 1000 : 0,
    method: 'POST',
    path: isResponses ? '/v1/responses' : '/v1/chat/completions',
    headers: [['content-type', 'application/json']],
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? {}), 'utf8'),
    upstream: asString(step['provider']) ?? 'devtools',
    transport: 'http',
    status: 200,
    responseHeaders: [['content-type', isStream ? 'text/event-stream' : 'application/json']],
    writes: [{ tUs: 0, bytes: Buffer.from(text, 'utf8') }],
    endUs: Math.round(Math.max(0, asNumber(step['duration_ms']) ?? 0) * 1000),
  });
}

/** Columns hold JSON as text; some versions nest it. */
function toValue(column: unknown): unknown {
  return typeof column === 'string' ? (parseJson(column) ?? column) : column;
}

/** The SDK's `raw` stream part, or the provider's own chunk. */
function unwrap(chunk: unknown): unknown {
  const part = asObject(chunk);
  return part['type'] === 'raw' && 'rawValue' in part ? part['rawValue'] : chunk;
}

function toFrame(chunk: unknown): string {
  const type = asString(asObject(chunk)['type']);
  return `${type === undefined ? '' : `event: ${type.replaceAll(/[\r\n]/g, '')}\n`}data: ${JSON.stringify(chunk)}\n\n`;
}
