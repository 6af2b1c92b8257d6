/** A client that can't run here, as a small state machine over the recorded frames. */
import type { ClientRun } from './client-run.ts';
import type { RecordedFrame } from './recorded-event.ts';

export interface ClientModel {
  /** As in contract 5. */
  name: string;
  /** The version whose behaviour was measured. */
  version: string;
  /** Goes through the answers, one per step; asks no second time when it sees no call. */
  predict(steps: readonly (readonly RecordedFrame[])[]): ClientRun | 'hang';
}
