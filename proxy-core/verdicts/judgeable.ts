/** Which recorded steps clients can be given, and what answers their calls: the same for the page, bundles and repros. */
import type { Step } from '../protocol/api/control-api.ts';

/** Events of a Responses stream; no error body, no JSON answer, no provider's own API, no WebSocket messages. */
export function isJudgeable({ stream, eventCount, path }: Pick<Step, 'stream' | 'eventCount' | 'path'>, emitted: Uint8Array): boolean {
  return stream && eventCount > 0 && /\/responses\/?(?:\?|$)/.test(path) && emitted[0] !== OPENING_BRACE;
}

const OPENING_BRACE = 0x7b;

/** The step after it, when that is a stream, too: the client's second request. */
export function findNextStep<OneStep extends Pick<Step, 'index' | 'stream'>>(
  steps: readonly OneStep[],
  index: number,
): OneStep | undefined {
  return steps.find((step) => step.index === index + 1 && step.stream);
}
