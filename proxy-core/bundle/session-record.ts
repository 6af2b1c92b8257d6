/**
 * A whole recorded session in memory: what bundles, replays and exports are made from, and what a bundle
 * is read back into. Reading from the store is here; writing to it is ../import/record-session.ts.
 */
import type { Session, Step, StepDetail, Verdict } from '../protocol/api/control-api.ts';
import type { HeaderList } from '../protocol/capture/tap-event.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import type { RecordQueries } from '../recorder/queries/create-queries.ts';

export interface SessionRecord {
  session: Session;
  /** In order; their position is their index. */
  steps: StepRecord[];
}

export interface StepRecord {
  step: Step;
  transport: 'http' | 'websocket';
  request: { method: string; path: string; headers: HeaderList; body: Uint8Array };
  attempts: AttemptRecord[];
  /** Null when the answer never began. */
  response: { status: number; headers: HeaderList } | null;
  chunks: ChunkRecord[];
  /** The call that the gateway behind this step made for it, when that was recorded, too. */
  gateway?: StepRecord;
  writes: { tUs: number; bytes: Uint8Array }[];
  /** Per event of the emitted stream, by index. */
  events: { tUs: number; chunkIndex: number | null }[];
  warnings: StepDetail['warnings'];
  findings: Finding[];
  verdicts: Verdict[];
}

export interface AttemptRecord {
  attempt: number;
  tUs: number;
  method: string;
  url: string;
  headers: HeaderList;
  body: Uint8Array;
  status: number | null;
  responseHeaders: HeaderList;
  /** How the attempt failed; null when it ended in order. */
  error: string | null;
}

export interface ChunkRecord {
  tUs: number;
  attempt: number;
  bytes: Uint8Array;
}

const PAGE = 10_000;

/** Undefined when there is no such session. Verdicts are not in here: `verdictsOf` says what is known of them. */
export function readSessionRecord(
  queries: RecordQueries,
  sessionId: string,
  verdictsOf: (stepId: string) => Verdict[] = () => [],
): SessionRecord | undefined {
  const found = queries.sessions.getWithSteps(sessionId);
  if (!found) return undefined;
  const { steps, ...session } = found;
  return { session, steps: steps.map((step) => readStep(queries, step, verdictsOf(step.id))) };
}

function readStep(queries: RecordQueries, step: Step, verdicts: Verdict[]): StepRecord {
  const detail = queries.steps.detail(step.id);
  const timeline = queries.streams.timeline(step.id);
  const bodies = queries.steps.requestBytes(step.id);
  if (!detail || !timeline || !bodies) throw new Error(`The step ${step.id} was deleted meanwhile.`);
  return {
    step,
    transport: detail.transport ?? 'http',
    request: { method: detail.request.method, path: detail.request.path, headers: detail.request.headers, body: bodies.client },
    attempts: detail.upstreamRequests.map(({ attempt, tUs, method, url, headers, status, responseHeaders, error }) => ({
      ...{ attempt, tUs, method, url, headers, status, responseHeaders, error },
      body: bodies.upstream.find((one) => one.attempt === attempt)?.bytes ?? new Uint8Array(),
    })),
    response: detail.response && { status: detail.response.status, headers: detail.response.headers },
    chunks: timeline.chunks.map(({ tUs, attempt, bytes }) => ({ tUs, attempt, bytes })),
    ...readGateway(queries, step),
    writes: timeline.writes.map(({ tUs, bytes }) => ({ tUs, bytes })),
    events: readEvents(queries, step.id),
    warnings: detail.warnings,
    findings: queries.steps.findings(step.id) ?? [],
    verdicts,
  };
}

/** One level: what a gateway behind a gateway got is not followed. */
function readGateway(queries: RecordQueries, { gateway, innerOf }: Step): Pick<StepRecord, 'gateway'> {
  const inner = gateway && !innerOf ? queries.steps.get(gateway.stepId) : undefined;
  return inner ? { gateway: readStep(queries, inner, []) } : {};
}

function readEvents(queries: RecordQueries, stepId: string): StepRecord['events'] {
  const events: StepRecord['events'] = [];
  for (;;) {
    const page = queries.streams.events(stepId, { after: events.length - 1, limit: PAGE })?.events ?? [];
    for (const { tUs, chunkIndex } of page) events.push({ tUs, chunkIndex });
    if (page.length < PAGE) return events;
  }
}

/** The exact bytes that went to the client. */
export function emittedBytes(step: StepRecord): Uint8Array {
  return join(step.writes);
}

/** The exact bytes that came from the upstream in its last attempt. */
export function upstreamBytes(step: StepRecord): Uint8Array {
  const last = lastAttempt(step);
  return join(step.chunks.filter(({ attempt }) => attempt === last));
}

/** The exact bytes that the gateway behind this step got; empty when that was not recorded. */
export function gatewayBytes({ gateway }: StepRecord): Uint8Array {
  return gateway ? upstreamBytes(gateway) : new Uint8Array();
}

export function lastAttempt(step: StepRecord): number {
  return step.attempts.at(-1)?.attempt ?? step.chunks.at(-1)?.attempt ?? 0;
}

function join(parts: readonly { bytes: Uint8Array }[]): Uint8Array {
  const [first] = parts;
  return first && parts.length === 1 ? first.bytes : Buffer.concat(parts.map(({ bytes }) => bytes));
}

export function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

export function headerOf(headers: HeaderList, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}
