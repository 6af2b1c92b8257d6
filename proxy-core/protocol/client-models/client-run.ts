/**
 * What a client did with a recorded answer: the same facts for a client that really ran and for a
 * model of one, so that both are judged by the same rules.
 */
import type { JsonObject } from '../json.ts';

export interface ClientRun {
  /** What the client showed while streaming, all steps joined; null for clients that show nothing before the end. */
  streamedText: string | null;
  /** What the client calls the answer: the last step's text. */
  finalText: string;
  reasoning: string;
  /** Calls that the client carried out. `arguments` is the JSON text (or a custom tool's input) it used. */
  calls: RunCall[];
  /** Bodies of the requests it sent, in order. */
  requests: JsonObject[];
  /** What it raised, in its own words; the first counts. */
  errors: string[];
}

export interface RunCall {
  name: string;
  arguments: string;
}

export type Outcome = 'ok' | 'wrong' | 'error' | 'hang';

export interface Verdict {
  client: string;
  /** The main package's version. */
  version: string;
  outcome: Outcome;
  /** The client's own message, or what is wrong with its result; '' when ok. */
  message: string;
  basis: 'ran' | 'predicted';
}

export const emptyRun = (): ClientRun => ({ streamedText: '', finalText: '', reasoning: '', calls: [], requests: [], errors: [] });
