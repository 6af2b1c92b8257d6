/**
 * One thing that a Responses server is asked to do. One file per scenario in ./scenarios, one line in
 * ./scenarios/index.ts. A scenario asks and looks; the linter looks at every stream besides.
 */
import type { JsonObject } from '../protocol/json.ts';

export interface Scenario {
  name: string;
  /** What it shows, for the report. */
  title: string;
  /** Throws `unsupported(…)` or `failed(…)`; returning is a pass. The text is the report's sentence. */
  run(context: ScenarioContext): Promise<string>;
}

export interface ScenarioContext {
  model: string;
  /** Sends a streamed request and reads the answer to its end. @throws ScenarioResult when the server can't be reached. */
  ask(body: JsonObject, options?: AskOptions): Promise<Answer>;
}

export interface AskOptions {
  /** Sent instead of the body as JSON. */
  rawBody?: string;
  /** Breaks the connection off at the first event of this type. */
  leaveAt?: string;
  /** The answer is meant to be an error: it is not linted as a stream. */
  isErrorWanted?: boolean;
}

export interface Answer {
  status: number;
  contentType: string;
  /** The whole body, as text. */
  body: string;
  events: JsonObject[];
  /** The last response object that was sent. */
  response: JsonObject;
  /** Type of the last event; empty when there was none. */
  lastType: string;
  text: string;
  /** function_call items that were finished. */
  calls: JsonObject[];
  /** Finished items, as they came. */
  items: JsonObject[];
  hasLeft: boolean;
}

/** How a scenario ends when it does not pass. */
export class ScenarioResult extends Error {
  readonly status: 'fail' | 'unsupported';

  constructor(status: 'fail' | 'unsupported', message: string) {
    super(message);
    this.status = status;
  }
}

export function failed(message: string): ScenarioResult {
  return new ScenarioResult('fail', message);
}

export function unsupported(message: string): ScenarioResult {
  return new ScenarioResult('unsupported', message);
}

/** What the server said about an error, in its own words. */
export function errorOf(answer: Answer): string {
  const text = answer.body.trim().slice(0, 300);
  const error = answer.response['error'] ?? answer.events.at(-1)?.['error'];
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : undefined;
  return message ?? (text === '' ? 'nothing' : text);
}

/** @throws ScenarioResult unless the answer is a stream that ended in response.completed. */
export function expectCompleted(answer: Answer, what = 'The request'): void {
  if (answer.status === 401 || answer.status === 403)
    throw failed(`${what} was refused (${answer.status}): check --api-key. ${errorOf(answer)}`);
  if (answer.status >= 400) throw failed(`${what} was answered with ${answer.status}: ${errorOf(answer)}`);
  if (answer.events.length === 0)
    throw failed(`${what} was answered with ${answer.contentType || 'no content type'} instead of a stream of events.`);
  if (answer.lastType === 'response.completed') return;
  if (answer.lastType === 'response.incomplete') throw failed(`${what} ended in response.incomplete.`);
  throw failed(`${what} ended with ${answer.lastType || 'nothing'} instead of response.completed: ${errorOf(answer)}`);
}

/** As `expectCompleted`, but a refusal of the request itself says that the server can't do this. */
export function expectSupported(answer: Answer, what: string): void {
  if ([400, 404, 405, 415, 422, 501].includes(answer.status))
    throw unsupported(`${what} is refused (${answer.status}): ${errorOf(answer)}`);
  expectCompleted(answer, what);
}
