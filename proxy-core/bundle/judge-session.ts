/**
 * What real clients make of the streams of a session, for bundles. The few streams that matter most are
 * judged, those with faults first; each together with the step that answers its calls.
 */
import type { Verdict } from '../protocol/api/control-api.ts';
import type { StreamJudge } from '../verdicts/stream-judge.ts';
import { emittedBytes, type SessionRecord, type StepRecord } from './session-record.ts';

/** A client takes some tenths of a second per stream; a bundle should not take minutes. */
const MAX_JUDGED = 4;
/** Clients take seconds for longer ones, some of them minutes; the page judges those one by one when asked. */
const MAX_STREAM_BYTES = 1_000_000;

/** @returns verdicts per step; for steps that were not judged, those of the record. */
export async function judgeSession({ steps }: SessionRecord, judge: Pick<StreamJudge, 'judge'>): Promise<Verdict[][]> {
  const wanted = steps
    .filter(isJudgeable)
    .toSorted((a, b) => hasErrors(b) - hasErrors(a))
    .slice(0, MAX_JUDGED);
  const verdicts: Verdict[][] = [];
  for (const [index, step] of steps.entries()) {
    if (!wanted.includes(step)) {
      verdicts.push(step.verdicts);
      continue;
    }
    const next = steps[index + 1];
    verdicts.push(await judge.judge(emittedBytes(step), next?.step.stream && next.transport === 'http' ? emittedBytes(next) : undefined));
  }
  return verdicts;
}

function isJudgeable(step: StepRecord): boolean {
  if (step.transport !== 'http' || !step.step.stream || step.events.length === 0) return false;
  return /\/responses\/?(?:\?|$)/.test(step.request.path) && emittedBytes(step).length < MAX_STREAM_BYTES;
}

function hasErrors({ findings }: StepRecord): number {
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}
