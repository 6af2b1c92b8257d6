/** A client that can't run here, as a small state machine over the recorded body. Measured in the field with the version it names. */
import type { ExpectedContent } from '../repair/expected-content.ts';
import type { ClientRun } from './client-run.ts';

export interface ModelStep {
  /** The whole body, decoded; a byte order mark is still there. */
  text: string;
  expected: ExpectedContent;
}

export interface ClientModel {
  /** As in contract 5. */
  name: string;
  /** The version whose behaviour was measured. */
  version: string;
  /** Goes through the answers, one per request; 'hang' when the client never comes to an end. */
  predict(steps: readonly ModelStep[]): ClientRun | 'hang';
}
