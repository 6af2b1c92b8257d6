/** THE registry of quirks, one line each, in the order in which they are shown. */
import { UsageError } from '../errors.ts';
import { litellmStep2 } from './litellm-step2.ts';
import { litellmReasoningIds } from './litellm-reasoning-ids.ts';
import { responseIdChange } from './response-id-change.ts';
import { parallelCallsOneIndex } from './parallel-calls-one-index.ts';
import { stuckSequenceNumbers } from './stuck-sequence-numbers.ts';
import { copilotRotatingIds } from './copilot-rotating-ids.ts';
import { interleavedParallelCalls } from './interleaved-parallel-calls.ts';
import { emptyFinalOutput } from './empty-final-output.ts';
import { noTerminalEvent } from './no-terminal-event.ts';
import { missingUsage } from './missing-usage.ts';
import { missingOutputIndex } from './missing-output-index.ts';
import { missingItemDone } from './missing-item-done.ts';
import { doneIdMismatch } from './done-id-mismatch.ts';
import { vllmCallIdSplit } from './vllm-call-id-split.ts';
import { lateCallId } from './late-call-id.ts';
import { lmstudioNoDeltas } from './lmstudio-no-deltas.ts';
import { previousResponseNotFound } from './previous-response-not-found.ts';
import { rateLimit } from './rate-limit.ts';
import { midStreamError } from './mid-stream-error.ts';
import { disconnect } from './disconnect.ts';
import { buffered16k } from './buffered-16k.ts';
import { latency } from './latency.ts';
import type { Quirk } from './quirk.ts';

export const quirks: readonly Quirk[] = [
  litellmStep2,
  litellmReasoningIds,
  responseIdChange,
  parallelCallsOneIndex,
  stuckSequenceNumbers,
  copilotRotatingIds,
  interleavedParallelCalls,
  emptyFinalOutput,
  noTerminalEvent,
  missingUsage,
  missingOutputIndex,
  missingItemDone,
  doneIdMismatch,
  vllmCallIdSplit,
  lateCallId,
  lmstudioNoDeltas,
  previousResponseNotFound,
  rateLimit,
  midStreamError,
  disconnect,
  buffered16k,
  latency,
];

/** @throws UsageError that lists the known names. */
export function findQuirks(ids: readonly string[]): Quirk[] {
  return ids.map((id) => {
    const quirk = quirks.find((one) => one.id === id);
    if (!quirk) throw new UsageError(`No quirk is called '${id}'. Known: ${quirks.map((one) => one.id).join(', ')}.`);
    return quirk;
  });
}
