/**
 * The typed contract between the page (and the command line) and the bridge: `/api`, JSON, camelCase.
 * Source: contract 3.4. `startedAt`/`endedAt` are integer microseconds since the epoch; `tUs` counts
 * from the arrival of the step's request.
 */
import type { StepStatus } from '../capture/tap-event.ts';
import type { Finding, FindingCounts } from '../lint/finding.ts';
import type { KeepStatus } from './keep.ts';

export interface ReadyObject {
  type: 'ready';
  url: string;
  apiBase: string;
  uiUrl: string;
  token: string;
  pid: number;
  dataDir: string;
  version: string;
}

export interface UsageSummary {
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  cachedTokens: number;
  reasoningTokens: number;
}

export interface ClientInfo {
  name: string;
  version: string;
}

export interface Session {
  id: string;
  title: string;
  client: ClientInfo | null;
  models: string[];
  /** Of the last step. */
  status: StepStatus;
  startedAt: number;
  endedAt: number | null;
  stepCount: number;
  findingCounts: FindingCounts;
  usage: UsageSummary | null;
  costUsd: number | null;
  replayOf: string | null;
  linkedBy: string | null;
  /** Extensions of the contract. */
  upstreams: string[];
  pinned: boolean;
  /** Number of distinct rules with an error finding: what a reader counts as faults. */
  faultCount: number;
}

export interface Step {
  id: string;
  sessionId: string;
  index: number;
  responseId: string | null;
  previousResponseId: string | null;
  upstream: string;
  model: string | null;
  stream: boolean;
  status: StepStatus;
  httpStatus: number | null;
  startedAt: number;
  firstEventMs: number | null;
  durationMs: number | null;
  chunkCount: number;
  eventCount: number;
  findingCounts: FindingCounts;
  usage: UsageSummary | null;
  responseIdAliases: string[];
  /** Extensions of the contract. */
  upstreamKind: string;
  method: string;
  path: string;
  linkedBy: string | null;
  error: string | null;
  /** What the recorder had to drop in this step; null when it is whole. */
  gap: { events: number; chunks: number } | null;
  /**
   * The step whose upstream, a gateway, made this call through us. Such an inner call has a session of its
   * own, which the list leaves out.
   */
  innerOf?: string | null;
  /** The gateway's own call that this step's answer was made from, when that came through us too. */
  gateway?: GatewayCall | null;
}

/** Its chunks (`/api/steps/:stepId/chunks`) are what the gateway got; `offsetUs + tUs` is their time in the outer step. */
export interface GatewayCall {
  stepId: string;
  sessionId: string;
  upstream: string;
  upstreamKind: string;
  model: string | null;
  offsetUs: number;
}

export interface SessionWithSteps extends Session {
  steps: Step[];
}

export interface RecordedMessage {
  headers: [string, string][];
  /** Parsed JSON, else the raw text; null when there was none. */
  body: unknown;
}
export interface StepDetail extends Step {
  /** Extension of the contract; HTTP where it is not said. */
  transport?: 'http' | 'websocket';
  request: RecordedMessage & { method: string; path: string };
  upstreamRequests: (RecordedMessage & {
    attempt: number;
    method: string;
    url: string;
    tUs: number;
    status: number | null;
    responseHeaders: [string, string][];
    error: string | null;
  })[];
  response: (RecordedMessage & { status: number }) | null;
  warnings: { code: string; message: string; param: string | null }[];
  /** Extension of the contract: every call that a gateway made for this step, retries included, in order. */
  innerSteps?: Step[];
}

export interface EventRow {
  index: number;
  type: string;
  tUs: number;
  sequenceNumber: number | null;
  itemId: string | null;
  outputIndex: number | null;
  contentIndex: number | null;
  /** The upstream chunk that caused the event. */
  chunkIndex: number | null;
  /** The parsed object, else the raw string. */
  data: unknown;
}
export interface EventsPage {
  events: EventRow[];
  total: number;
}
export interface ChunkRow {
  index: number;
  tUs: number;
  size: number;
  text: string;
}
export interface ChunksPage {
  chunks: ChunkRow[];
  total: number;
}

export type LiveMessage =
  | { event: 'session'; data: Session }
  | { event: 'step'; data: Step }
  | { event: 'events'; data: { stepId: string; total: number } }
  /** Extensions of the contract: why nothing is recorded just now (null: it is again); sessions that are gone, and why. */
  | { event: 'recorder'; data: { trouble: string | null } }
  | { event: 'deleted'; data: { sessionIds: string[]; reason: string | null } };

export type Verdict = {
  client: string;
  version: string;
  outcome: 'ok' | 'wrong' | 'error' | 'hang';
  message: string;
  basis: 'ran' | 'predicted';
};

/** `GET /api/info` (token): what the Connect page shows. */
export interface BridgeInfo {
  version: string;
  url: string;
  apiBase: string;
  dataDir: string;
  upstreams: { name: string; kind: string; baseURL: string; isDefault: boolean; credential: string }[];
  /** Why nothing is recorded just now; null when all is well. */
  recorderTrouble: string | null;
  /** How much of the past is kept; changed by `PATCH /api/keep`. */
  keep: KeepStatus;
  /** The live export to OpenTelemetry; null when it is off. */
  otel?: OtelStatus | null;
}

export interface OtelStatus {
  /** Without credentials. */
  endpoint: string;
  /** Spans since the start. */
  sent: number;
  dropped: number;
  waiting: number;
  /** Why spans don't arrive just now; null when all is well. */
  trouble: string | null;
}

export interface SessionsPage {
  sessions: Session[];
  nextCursor: string | null;
}
export interface FindingsPage {
  findings: Finding[];
}
export interface VerdictsPage {
  verdicts: Verdict[];
}
