/**
 * The response object of the lifecycle events: one id, the fields that clients need, nothing final
 * before the end. Pure; times that nobody told come from the caller.
 */
import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '../json.ts';
import { makeResponseId } from './make-id.ts';
import { noteChange, type RepairState } from './repair-state.ts';
import { withFields } from './slot-events.ts';

/** The statuses that fit an event, the one to fill in first. */
const STATUSES: Readonly<Record<string, readonly string[]>> = {
  'response.created': ['in_progress', 'queued'],
  'response.queued': ['queued'],
  'response.in_progress': ['in_progress'],
  'response.completed': ['completed'],
  'response.incomplete': ['incomplete'],
  'response.failed': ['failed'],
};

/** Remembers the response, gives it its identity, and makes its status fit the event. */
export function repairResponse(state: RepairState, given: unknown, type: string, createdAt: number): JsonObject {
  const statuses = STATUSES[type] ?? [];
  const response = isObject(given) ? given : {};
  const own = asString(response['id']) ?? '';
  if (state.responseId === '') {
    state.responseId = own || makeResponseId(JSON.stringify(given ?? type));
    if (own === '') noteChange(state, 'required-fields', `The response got the id ${state.responseId}; the stream gives it none.`);
  } else if (own !== state.responseId) {
    noteChange(state, 'response-id-stable', `The response id in ${type} is ${state.responseId} again instead of ${own || 'none'}.`);
  }
  const known = asNumber(state.response['created_at']);
  const needed = {
    id: state.responseId,
    created_at: asNumber(response['created_at']) ?? known ?? toSeconds(response['created_at']) ?? createdAt,
    model: asString(response['model']) ?? asString(state.response['model']) ?? 'unknown',
  };
  for (const key of ['created_at', 'model'] as const) {
    if (response[key] !== needed[key]) noteChange(state, 'required-fields', `response.${key} in ${type} was filled in: ${needed[key]}.`);
  }
  let repaired = withFields(response, needed);
  const status = asString(repaired['status']);
  const isTerminal = statuses[0] === 'completed' || statuses[0] === 'incomplete' || statuses[0] === 'failed';
  if (status === undefined ? isTerminal : !statuses.includes(status)) {
    noteChange(state, 'terminal-status', `response.status in ${type} is ${statuses[0]} instead of ${status ?? 'none'}.`);
    repaired = { ...repaired, status: statuses[0] };
  }
  state.response = repaired;
  return repaired;
}

/** Before the end there is no output and no usage. */
export function withoutResults(state: RepairState, response: JsonObject, type: string): JsonObject {
  const isEmpty = Array.isArray(response['output']) && response['output'].length === 0;
  const hasUsage = response['usage'] !== undefined && response['usage'] !== null;
  if (isEmpty && !hasUsage) return response;
  noteChange(state, isEmpty ? 'terminal-status' : 'required-fields', `response.output in ${type} is empty and usage null until the end.`);
  return { ...response, output: [], ...(hasUsage ? { usage: null } : {}) };
}

/** `2025-10-09T08:53:20Z` as seconds, without a clock or a time zone of our own. */
function toSeconds(value: unknown): number | undefined {
  const text = asString(value);
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.floor(Number(text));
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}

/** Usage that clients can read: numbers, under the Responses names, with the right total. */
export function repairUsage(state: RepairState, response: JsonObject): JsonObject {
  const usage = asObject(response['usage']);
  const count = (...keys: string[]): number | undefined => keys.map((key) => asNumber(usage[key])).find((one) => one !== undefined);
  const input = count('input_tokens');
  const output = count('output_tokens');
  const total = asNumber(usage['total_tokens']);
  if (input !== undefined && output !== undefined) {
    if (total === undefined || total === input + output) return response;
    noteChange(state, 'usage-consistent', `total_tokens is ${input + output} instead of ${total}.`);
    return { ...response, usage: { ...usage, total_tokens: input + output } };
  }
  const inputTokens = input ?? count('prompt_tokens') ?? 0;
  const outputTokens = output ?? count('completion_tokens') ?? 0;
  const isGuess = inputTokens === 0 && outputTokens === 0;
  noteChange(state, 'usage-present', `usage was filled in${isGuess ? ' with zeros: the stream has no numbers' : ' from other names'}.`);
  const details = (...keys: string[]): JsonObject => asObject(keys.map((key) => usage[key]).find(isObject));
  return {
    ...response,
    usage: {
      input_tokens: inputTokens,
      input_tokens_details: { cached_tokens: 0, ...numbersOf(details('input_tokens_details', 'prompt_tokens_details')) },
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: 0, ...numbersOf(details('output_tokens_details', 'completion_tokens_details')) },
      total_tokens: inputTokens + outputTokens,
    },
  };
}

function numbersOf(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => asNumber(value) !== undefined));
}

/** Ciphertexts are made anew at each serialisation and are never compared (responses-stream.md 3, rule 7). */
const CIPHERTEXTS = new Set(['encrypted_content', 'fingerprint']);
const CONTENT = new Set(['content', 'summary', 'arguments', 'input']);

/** Whether the terminal output's entry says the same as the item that went out. */
export function isSameItem(entry: unknown, item: JsonObject): boolean {
  if (!isObject(entry)) return false;
  return [...new Set([...Object.keys(entry), ...Object.keys(item)])].every((key) => {
    if (CIPHERTEXTS.has(key)) return true;
    if (entry[key] === undefined || item[key] === undefined)
      return !CONTENT.has(key) && !['id', 'type', 'call_id', 'name', 'status'].includes(key);
    return isEqual(entry[key], item[key]);
  });
}

function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((value, at) => isEqual(value, right[at]));
  if (!isObject(left) || !isObject(right)) return false;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)].filter((key) => !CIPHERTEXTS.has(key)));
  return [...keys].every((key) => isEqual(left[key], right[key]));
}

/**
 * Some gateways write a reasoning item like a message: no summary, the thoughts as output_text. Its text
 * belongs into the summary.
 */
export function normalizeItem(item: JsonObject): JsonObject {
  if (item['type'] !== 'reasoning' || Array.isArray(item['summary'])) return item;
  const parts = asArray(item['content']).filter(isObject);
  if (parts.length === 0 || parts.some((part) => part['type'] !== 'output_text')) return item;
  const { content: _, ...rest } = item;
  return { ...rest, summary: parts.map((part) => ({ type: 'summary_text', text: asString(part['text']) ?? '' })) };
}

export function outputOf(response: JsonObject): JsonObject[] {
  return asArray(response['output']).filter(isObject);
}
