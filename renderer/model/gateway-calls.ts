/** The calls that a gateway made for one step of its client, in words. Pure. */
import type { Step } from '../../proxy-core/protocol/api/control-api.ts';
import { formatMs } from '../components/format.ts';

/** "failed, HTTP 529, at 12 ms for 35 ms"; times count from the step that the call was made for. */
export function describeCall(call: Step, step: Pick<Step, 'startedAt'>): string {
  const words: string[] = [call.status === 'cancelled' ? 'left' : call.status];
  if (call.httpStatus !== null && call.httpStatus >= 400) words.push(`HTTP ${call.httpStatus}`);
  const at = `at ${formatMs(Math.max(0, call.startedAt - step.startedAt) / 1000)}`;
  words.push(call.durationMs === null ? at : `${at} for ${formatMs(call.durationMs)}`);
  return words.join(', ');
}
