/**
 * The typed contract of `/api` for what is done with a recorded session: run again, compared, repaired,
 * reduced, probed, handed over. The shapes that the contract (3.4) names keep its names.
 */
import type { ComparisonRow, StreamDiff } from '../diff/diff-streams.ts';
import type { IdPair } from '../diff/id-pairs.ts';
import type { Finding, FindingCounts } from '../lint/finding.ts';

export type RedactMode = 'secrets' | 'content';

export interface Redaction {
  kind: 'secret' | 'header' | 'content';
  /** The rule that found a secret, the header's name, or the step of the content. */
  what: string;
  /** What stands there now. */
  placeholder: string;
  count: number;
}

/** What a reader wants proved before anything leaves the house. */
export interface BundleProofs {
  findingsAreTheSame: boolean;
  /** Null when nothing could be judged. */
  verdictsAreTheSame: boolean | null;
  /** Findings and verdicts that were compared. */
  findingCount: number;
  verdictCount: number;
  /** Files in which a last search still finds a credential; their names. */
  filesWithSecrets: string[];
}

export interface BundleFile {
  name: string;
  size: number;
}

/** `GET /api/sessions/:id/bundle/original?file=`: a file of the bundle before anything was taken out; its beginning when long. */
export interface OriginalFile {
  text: string;
  size: number;
}

export type ReplayMode = 'serve' | 'retranslate' | 'resend';

export interface Replay {
  id: string;
  mode: ReplayMode;
  /** `serve`: where clients are pointed at. */
  baseURL?: string;
  /** The other modes: the new session. */
  sessionId?: string;
  replayOf: string;
  status: 'serving' | 'running' | 'done' | 'failed' | 'cancelled';
  /** Steps that are through, of `total`; for `serve` the requests answered so far. */
  done: number;
  total: number;
  /** What a reader should know about how it went; empty when all went as recorded. */
  notes: string[];
  /** `serve`: the newest requests, oldest first, and which recorded step answered each. */
  asked?: { step: number; method: string; path: string; at: number }[];
}

export interface ReplaysList {
  replays: Replay[];
}

/** `GET /api/diff?left=&right=&rows=1`; a side is a step's id, or `repaired:` and one for the stream as repair would make it. */
export interface StepComparison extends StreamDiff {
  rows: ComparisonRow[];
  ids: IdPair[];
  left: ComparedSide;
  right: ComparedSide;
}

export interface ComparedSide {
  stepId: string;
  sessionId: string;
  /** 0-based position in its session. */
  step: number;
  title: string;
  upstream: string;
  model: string | null;
  isRepaired: boolean;
  events: number;
}

export const REPAIRED = 'repaired:';

/** `GET /api/steps/:id/repair`: what repair would change in the recorded stream. */
export interface RepairPreview {
  events: number;
  changes: { event: number | null; kind: string; message: string }[];
  /** Reasons why the stream is not whole even then. */
  unrepairable: string[];
  before: FindingCounts;
  after: FindingCounts;
  size: number;
}

export interface ProbeScenario {
  name: string;
  title: string;
}

export interface ScenarioReport {
  name: string;
  status: 'pass' | 'fail' | 'unsupported';
  message: string;
  findings: Finding[];
  /** Extension: what it shows. */
  title: string;
  /** Extension: the session in which the answers are kept as evidence; null when they are not. */
  sessionId: string | null;
}

export interface ProbeReport {
  baseURL: string;
  model: string;
  scenarios: ScenarioReport[];
  summary: { pass: number; fail: number; unsupported: number };
}

export interface Probe extends ProbeReport {
  id: string;
  status: 'running' | 'done' | 'cancelled' | 'failed';
  total: number;
  startedAt: number;
}

/** A line of `POST /api/steps/:id/repro` asked for as application/x-ndjson: progress, then what came out. */
export type ReproLine =
  | { type: 'progress'; left: number; total: number; tries: number }
  | { type: 'result'; result: ReproResult }
  | { type: 'error'; message: string };

export interface ReproResult {
  /** `rule item-id-announced`, `client ai6 6.0.1`. */
  failure: string;
  message: string;
  before: number;
  after: number;
  tries: number;
  isMinimal: boolean;
  /** Run once more on what was written. */
  isVerified: boolean;
  files: { name: string; text: string }[];
}
