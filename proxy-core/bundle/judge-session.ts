/**
 * What real clients make of the streams of a session, for bundles. The few streams that matter most are
 * judged, those with faults first; each together with the step that answers its calls.
 */
import type { Verdict } from '../protocol/api/control-api.ts';
import { findNextStep, isJudgeable } from '../verdicts/judgeable.ts';
import type { StreamJudge } from '../verdicts/stream-judge.ts';
import { emittedBytes, type SessionRecord, type StepRecord } from './session-record.ts';

/** A client takes some tenths of a second per stream, seconds for a megabyte; a bundle should not take minutes. */
const MAX_JUDGED = 4;
const MAX_STREAM_BYTES = 4_000_000;
/** Of all streams together; one alone may be longer. */
const MAX_BYTES = 2_000_000;

/** @returns verdicts per step; for steps that were not judged, those of the record. */
export async function judgeSession({ steps }: SessionRecord, judge: Pick<StreamJudge, 'judge'>): Promise<Verdict[][]> {
  const wanted = chooseSteps(steps);
  const verdicts: Verdict[][] = [];
  for (const step of steps) {
    if (!wanted.has(step)) {
      verdicts.push(step.verdicts);
      continue;
    }
    const nextStep = findNextStep(
      steps.map((one) => one.step),
      step.step.index,
    );
    const next = steps.find((one) => one.step === nextStep);
    verdicts.push(await judge.judge(emittedBytes(step), next && emittedBytes(next)));
  }
  return verdicts;
}

/** Those with faults first, as many as there is time for. */
function chooseSteps(steps: readonly StepRecord[]): Set<StepRecord> {
  const chosen = new Set<StepRecord>();
  let bytes = 0;
  for (const step of steps.toSorted((a, b) => hasErrors(b) - hasErrors(a))) {
    const emitted = emittedBytes(step);
    if (!isJudgeable({ ...step.step, eventCount: step.events.length }, emitted) || emitted.length > MAX_STREAM_BYTES) continue;
    bytes += emitted.length;
    if (chosen.size > 0 && (bytes > MAX_BYTES || chosen.size >= MAX_JUDGED)) break;
    chosen.add(step);
  }
  return chosen;
}

function hasErrors({ findings }: StepRecord): number {
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}
