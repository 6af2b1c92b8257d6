/**
 * Compares what a client ended with against what the streams hold (contract 5). `error` is what the
 * client itself raised; everything else that is missing, more or other is `wrong`.
 */
import { asArray, asObject, asString, parseJson, parseJsonObject } from '../json.ts';
import type { ExpectedCall, ExpectedContent } from '../repair/expected-content.ts';
import type { ClientRun, Outcome, RunCall } from './client-run.ts';

export interface Judgement {
  outcome: Outcome;
  message: string;
}

/** `steps` are the streams that answer the first, second, … request of a client that does all right. */
export function judgeRun(run: ClientRun, steps: readonly ExpectedContent[]): Judgement {
  const faults = [...compareText(run, steps), ...compareReasoning(run, steps), ...compareCalls(run, steps), ...checkFollowUp(run, steps)];
  const [error] = run.errors;
  if (error !== undefined) return { outcome: 'error', message: withDetails(error, faults) };
  const told = steps.find((step) => step.failure !== null)?.failure;
  if (told !== undefined && told !== null) faults.unshift(`no error shown although the stream tells one: ${told}`);
  const cut = steps.find((step) => step.terminalType === null && step.failure === null && !step.isWhole);
  if (cut) faults.unshift('no error shown although the stream is cut');
  return faults.length === 0 ? { outcome: 'ok', message: '' } : { outcome: 'wrong', message: faults.join('; ') };
}

const withDetails = (error: string, faults: readonly string[]): string =>
  faults.length === 0 ? error : `${error}  [${faults.join('; ')}]`;

function compareText(run: ClientRun, steps: readonly ExpectedContent[]): string[] {
  const faults: string[] = [];
  if (run.streamedText !== null && !isJoinOf(run.streamedText, steps, (step) => step.texts)) {
    faults.push(describe('streamed text', run.streamedText));
  }
  const last = steps.at(-1);
  if (last && !last.texts.includes(run.finalText) && !last.lastTexts.includes(run.finalText)) {
    faults.push(describe('final text', run.finalText));
  }
  return faults;
}

function compareReasoning(run: ClientRun, steps: readonly ExpectedContent[]): string[] {
  if (isJoinOf(run.reasoning, steps, (step) => step.reasonings)) return [];
  return [run.reasoning === '' ? 'reasoning lost' : 'reasoning differs'];
}

const describe = (what: string, actual: string): string => (actual === '' ? `${what} lost` : `${what} wrong: ${JSON.stringify(actual)}`);

/** Whether `actual` is one accepted text of each step, joined. */
function isJoinOf(actual: string, steps: readonly ExpectedContent[], pick: (step: ExpectedContent) => string[]): boolean {
  let ends = new Set([0]);
  for (const step of steps) {
    const next = new Set<number>();
    for (const end of ends) for (const text of pick(step)) if (actual.startsWith(text, end)) next.add(end + text.length);
    ends = next;
  }
  return ends.has(actual.length);
}

function compareCalls(run: ClientRun, steps: readonly ExpectedContent[]): string[] {
  const expected = steps.flatMap((step) => step.calls);
  const left = [...run.calls];
  const missing = expected.filter((call) => {
    const at = left.findIndex((one) => isSameCall(one, call));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const faults: string[] = [];
  if (missing.length > 0) faults.push(missing.length === 1 ? 'tool call lost' : `${missing.length} tool calls lost`);
  if (left.length > 0) faults.push(`tool calls wrong: ${left.map((call) => `${call.name}(${call.arguments})`).join(', ')}`);
  if (run.calls.some((call) => expected.some((one) => !one.isCustom && isSameCall(call, one)) && !isJsonObjectText(call.arguments))) {
    faults.push('arguments that are not JSON went through unnoticed');
  }
  return faults;
}

const isJsonObjectText = (text: string): boolean => text === '' || parseJsonObject(text) !== undefined;

function isSameCall(run: RunCall, expected: ExpectedCall): boolean {
  // Without a name on one side (loops that know one tool never look at it) the arguments have to tell.
  if (expected.name !== '' && run.name !== '' && run.name !== expected.name) return false;
  if (expected.isCustom) return expected.arguments.includes(run.arguments);
  return expected.arguments.some((text) => canonical(text) === canonical(run.arguments) || isCompletionOf(run.arguments, text));
}

/** Some clients close truncated JSON and run the call with what is there: that loses nothing. */
function isCompletionOf(text: string, broken: string): boolean {
  return !isJsonObjectText(broken) && isJsonObjectText(text) && text.startsWith(broken);
}

function canonical(text: string): string {
  const value = parseJson(text === '' ? '{}' : text);
  return value === undefined ? text : JSON.stringify(sortKeys(value));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}

/** What goes back to the server must hang together: outputs with a call id, references to items that exist. */
function checkFollowUp(run: ClientRun, steps: readonly ExpectedContent[]): string[] {
  const first = steps[0];
  const body = run.requests[1];
  if (!first || !body || steps.length < 2) return [];
  const faults: string[] = [];
  const input = asArray(body['input']).map(asObject);
  const outputs = input.filter((item) => item['type'] === 'function_call_output' || item['type'] === 'custom_tool_call_output');
  if (outputs.some((item) => !asString(item['call_id']))) faults.push('2nd request: function_call_output without call_id');
  for (const item of input) {
    const id = asString(item['id']) ?? '';
    if (item['type'] === 'item_reference' && first.terminalItemIds.length > 0 && !first.terminalItemIds.includes(id)) {
      faults.push(`2nd request: item_reference to id not in the terminal output: ${id}`);
    }
    const sent = asString(item['arguments']) ?? '';
    // What the stream itself has broken may be sent back as it came.
    if (item['type'] === 'function_call' && !isJsonObjectText(sent) && !first.calls.some((call) => call.arguments.includes(sent))) {
      faults.push('2nd request: bad arguments JSON');
    }
  }
  if (run.requests.length > steps.length) faults.push(`${run.requests.length} requests instead of ${steps.length}`);
  return faults;
}
