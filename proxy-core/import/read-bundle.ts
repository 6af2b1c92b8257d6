/**
 * A bundle (contract 6) back to the session it was made from. Every file may be missing, cut or made up by
 * a stranger: what can't be read is left out, and the bytes of the streams decide.
 */
import type { Session, Step } from '../protocol/api/control-api.ts';
import type { HeaderList } from '../protocol/capture/tap-event.ts';
import { asArray, asNumber, asObject, asString, isObject, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { UnreadableFileError } from '../files/recorded-stream.ts';
import { readZip } from '../files/read-zip.ts';
import type { AttemptRecord, ChunkRecord, SessionRecord, StepRecord } from '../bundle/session-record.ts';
import { toText } from '../bundle/session-record.ts';
import { toFindings, toVerdicts } from './read-judgements.ts';

type Members = ReadonlyMap<string, Uint8Array>;

const STEP = /^((?:.*\/)?steps\/(\d{1,6}))\/emitted\.sse$/;
const MAX_STEPS = 10_000;
const GATEWAY = '/gateway';

/**
 * Undefined for a zip that is no bundle of ours (any archive of streams, say).
 * @throws UnreadableFileError for archives that are damaged or hostile, and for bundles of a later version.
 */
export async function readBundle(bytes: Uint8Array): Promise<SessionRecord | undefined> {
  const members = await readZip(bytes, (name) => /\.(?:json|sse)$/.test(name));
  const manifest = json(members, 'manifest.json');
  if (manifest?.['format'] !== 'deltascope-bundle') return undefined;
  const version = asNumber(manifest['version']) ?? 1;
  if (version > 1) throw new UnreadableFileError(`the bundle is of version ${version}, and this Deltascope reads version 1: update it`);
  const folders = [...members.keys()]
    .flatMap((name) => {
      const match = STEP.exec(name);
      return match ? [{ folder: match[1] as string, index: Number(match[2]) }] : [];
    })
    .toSorted((a, b) => a.index - b.index)
    .slice(0, MAX_STEPS);
  if (folders.length === 0) throw new UnreadableFileError('the bundle holds no step');
  const session = json(members, 'session.json') ?? {};
  const summaries = asArray(session['steps']).map(asObject);
  const steps = folders.map(({ folder }, index) => readStep(members, folder, { ...emptyStep(index), ...toStep(summaries[index] ?? {}) }));
  return { session: toSession(session, steps), steps };
}

function readStep(members: Members, folder: string, summary: Step): StepRecord {
  const request = json(members, `${folder}/request.json`) ?? {};
  const timing = json(members, `${folder}/timing.json`) ?? {};
  const emitted = members.get(`${folder}/emitted.sse`) ?? new Uint8Array();
  const response = isObject(timing['response']) ? timing['response'] : undefined;
  const step: Step = { ...summary, startedAt: asNumber(timing['startedAt']) ?? summary.startedAt };
  const { attempts, chunks } = readUpstream(members, folder, timing);
  const gateway = folder.endsWith(GATEWAY) ? undefined : json(members, `${folder}${GATEWAY}/step.json`);
  return {
    step,
    transport: request['transport'] === 'websocket' ? 'websocket' : 'http',
    request: {
      method: asString(request['method']) ?? 'POST',
      path: asString(request['path']) ?? '/v1/responses',
      headers: toHeaders(request['headers']),
      body: toBytes(request['body']),
    },
    ...(gateway ? { gateway: readStep(members, `${folder}${GATEWAY}`, { ...emptyStep(0), ...toStep(gateway) }) } : {}),
    attempts,
    chunks,
    writes: cut(emitted, asArray(timing['writes'])),
    response: response ? { status: asNumber(response['status']) ?? step.httpStatus ?? 200, headers: toHeaders(response['headers']) } : null,
    events: asArray(timing['events'])
      .map(asObject)
      .map((event) => ({ tUs: asNumber(event['tUs']) ?? 0, chunkIndex: asNumber(event['chunkIndex']) ?? null })),
    warnings: asArray(timing['warnings'])
      .map(asObject)
      .map((one) => ({
        code: asString(one['code']) ?? '',
        message: asString(one['message']) ?? '',
        param: asString(one['param']) ?? null,
      })),
    findings: toFindings(json(members, `${folder}/findings.json`)),
    verdicts: toVerdicts(json(members, `${folder}/verdicts.json`)),
  };
}

function readUpstream(members: Members, folder: string, timing: JsonObject): { attempts: AttemptRecord[]; chunks: ChunkRecord[] } {
  const last = json(members, `${folder}/upstream-request.json`);
  const body = members.get(`${folder}/upstream.sse`) ?? new Uint8Array();
  const rows = asArray(timing['chunks']).map(asObject);
  const all = last ? [...asArray(last['earlierAttempts']).map(asObject), last] : [];
  const attempts = all.map(toAttempt);
  const lastAttempt = attempts.at(-1)?.attempt ?? asNumber(rows.at(-1)?.['attempt']) ?? 0;
  const chunks = [
    ...all.slice(0, -1).flatMap((attempt, index) => {
      const number = attempts[index]?.attempt ?? index;
      const bytes = Buffer.from(asString(attempt['responseText']) ?? '', 'utf8');
      return cut(bytes, ofAttempt(rows, number)).map((part) => ({ ...part, attempt: number }));
    }),
    ...cut(body, ofAttempt(rows, lastAttempt)).map((part) => ({ ...part, attempt: lastAttempt })),
  ];
  return { attempts, chunks };
}

function ofAttempt(rows: readonly JsonObject[], attempt: number): JsonObject[] {
  return rows.filter((row) => (asNumber(row['attempt']) ?? 0) === attempt);
}

function toAttempt(raw: JsonObject, index: number): AttemptRecord {
  return {
    attempt: asNumber(raw['attempt']) ?? index,
    tUs: asNumber(raw['tUs']) ?? 0,
    method: asString(raw['method']) ?? 'POST',
    url: asString(raw['url']) ?? '',
    headers: toHeaders(raw['headers']),
    body: toBytes(raw['body']),
    status: asNumber(raw['status']) ?? null,
    responseHeaders: toHeaders(raw['responseHeaders']),
    error: asString(raw['error']) ?? null,
  };
}

/** Cuts bytes at recorded sizes. Sizes that don't fit lose nothing: the rest is one piece more. */
function cut(bytes: Uint8Array, rows: readonly unknown[]): { tUs: number; bytes: Uint8Array }[] {
  const parts: { tUs: number; bytes: Uint8Array }[] = [];
  let at = 0;
  for (const row of rows.map(asObject)) {
    const size = Math.max(0, Math.trunc(asNumber(row['size']) ?? 0));
    if (at + size > bytes.length) break;
    parts.push({ tUs: Math.max(0, asNumber(row['tUs']) ?? 0), bytes: bytes.subarray(at, at + size) });
    at += size;
  }
  if (at < bytes.length) parts.push({ tUs: parts.at(-1)?.tUs ?? 0, bytes: bytes.subarray(at) });
  return parts;
}

function json(members: Members, name: string): JsonObject | undefined {
  const bytes = members.get(name);
  return bytes && parseJsonObject(toText(bytes));
}

export function toHeaders(value: unknown): HeaderList {
  return asArray(value).flatMap((pair): HeaderList => {
    const [name, text] = asArray(pair);
    return typeof name === 'string' && typeof text === 'string' ? [[name, text]] : [];
  });
}

function toBytes(body: unknown): Uint8Array {
  if (body === null || body === undefined) return new Uint8Array();
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8');
}

function toSession(raw: JsonObject, steps: readonly StepRecord[]): Session {
  const client = asObject(raw['client']);
  const name = asString(client['name']);
  return {
    id: asString(raw['id']) ?? '',
    title: asString(raw['title']) ?? '',
    client: name === undefined ? null : { name, version: asString(client['version']) ?? '' },
    models: asArray(raw['models']).filter((one) => typeof one === 'string'),
    status: steps.at(-1)?.step.status ?? 'completed',
    startedAt: steps[0]?.step.startedAt ?? 0,
    endedAt: asNumber(raw['endedAt']) ?? null,
    stepCount: steps.length,
    findingCounts: { error: 0, warning: 0, note: 0 },
    usage: null,
    costUsd: null,
    replayOf: null,
    linkedBy: null,
    upstreams: [...new Set(steps.map(({ step }) => step.upstream))],
    pinned: false,
    faultCount: 0,
  };
}

const STATUSES = ['completed', 'incomplete', 'failed', 'cancelled', 'interrupted', 'streaming'] as const;

function emptyStep(index: number): Step {
  return {
    ...{ id: '', sessionId: '', index, responseId: null, previousResponseId: null, upstream: 'imported', model: null, stream: true },
    ...{ status: 'completed', httpStatus: 200, startedAt: 0, firstEventMs: null, durationMs: null, chunkCount: 0, eventCount: 0 },
    ...{ findingCounts: { error: 0, warning: 0, note: 0 }, usage: null, responseIdAliases: [], upstreamKind: 'responses', method: 'POST' },
    ...{ path: '/v1/responses', linkedBy: null, error: null, gap: null },
  };
}

function toStep(raw: JsonObject): Partial<Step> {
  const status = STATUSES.find((one) => one === raw['status']);
  const text = (name: string) => asString(raw[name]) ?? null;
  return {
    id: asString(raw['id']) ?? '',
    responseId: text('responseId'),
    previousResponseId: text('previousResponseId'),
    upstream: asString(raw['upstream']) ?? 'imported',
    upstreamKind: asString(raw['upstreamKind']) ?? 'responses',
    model: text('model'),
    stream: raw['stream'] !== false,
    ...(status ? { status } : {}),
    httpStatus: asNumber(raw['httpStatus']) ?? null,
    startedAt: asNumber(raw['startedAt']) ?? 0,
    firstEventMs: asNumber(raw['firstEventMs']) ?? null,
    durationMs: asNumber(raw['durationMs']) ?? null,
    responseIdAliases: asArray(raw['responseIdAliases']).filter((one) => typeof one === 'string'),
    linkedBy: text('linkedBy'),
    error: text('error'),
  };
}
