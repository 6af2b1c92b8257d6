/** Reads from the record what a span of a step needs. */
import type { StepDetail } from '../protocol/api/control-api.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import type { RecordQueries } from '../recorder/queries/create-queries.ts';
import { toStepSpan, type StepSpan } from './step-span.ts';

/** One query brings the times of findings that lie close together. */
const PAGE = 64;
const MAX_DEPTH = 4;

/** Undefined for a step that is not there (any more). */
export function readStepSpan(queries: RecordQueries, stepId: string, depth = 0): StepSpan | undefined {
  const step = queries.steps.detail(stepId);
  if (!step) return undefined;
  const findings = queries.steps.findings(stepId) ?? [];
  const outer = step.innerOf && depth < MAX_DEPTH ? readStepSpan(queries, step.innerOf, depth + 1) : undefined;
  return toStepSpan({ step, findings, eventTimesUs: readTimes(queries, step, findings), outer: outer ?? null });
}

/** All steps of a session, and the calls that gateways made for them. */
export function readSessionSpans(queries: RecordQueries, sessionId: string): StepSpan[] | undefined {
  const session = queries.sessions.getWithSteps(sessionId);
  return session?.steps.flatMap(({ id }) => readWithInner(queries, id, 0));
}

function readWithInner(queries: RecordQueries, stepId: string, depth: number): StepSpan[] {
  const span = readStepSpan(queries, stepId);
  const inner = depth < MAX_DEPTH ? (queries.steps.detail(stepId)?.innerSteps ?? []) : [];
  return [...(span ? [span] : []), ...inner.flatMap(({ id }) => readWithInner(queries, id, depth + 1))];
}

function readTimes(queries: RecordQueries, step: StepDetail, findings: readonly Finding[]): Map<number, number> {
  const times = new Map<number, number>();
  const wanted = [...new Set(findings.flatMap(({ event }) => event ?? []))].toSorted((a, b) => a - b).slice(0, 2 * PAGE);
  for (const index of wanted) {
    if (times.has(index)) continue;
    for (const row of queries.streams.events(step.id, { after: index - 1, limit: PAGE })?.events ?? []) times.set(row.index, row.tUs);
  }
  return times;
}
