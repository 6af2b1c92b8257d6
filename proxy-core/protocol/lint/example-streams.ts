/**
 * Small correct streams and ways to break them: the material of the rules' examples. Events in wire
 * form, numbered when they are run.
 */
import { isObject, type JsonObject } from '../json.ts';
import type { CaseEvent } from './define-rule.ts';

const WEATHER_TOOL = { type: 'function', name: 'get_weather', description: null, parameters: {}, strict: false };

export function responseObject(status: string, output: JsonObject[] = [], more: JsonObject = {}): JsonObject {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1760000000,
    status,
    model: 'gpt-5',
    output,
    error: null,
    incomplete_details: null,
    tools: [WEATHER_TOOL],
    usage: status === 'completed' ? { input_tokens: 9, output_tokens: 5, total_tokens: 14 } : null,
    ...more,
  };
}

export const messageItem = (id: string, text: string): JsonObject => ({
  id,
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
});
export const callItem = (id: string, callId: string, args: string): JsonObject => ({
  id,
  type: 'function_call',
  status: 'completed',
  call_id: callId,
  name: 'get_weather',
  arguments: args,
});
export const reasoningItem = (id: string, text: string): JsonObject => ({
  id,
  type: 'reasoning',
  summary: text === '' ? [] : [{ type: 'summary_text', text }],
});

export function messageEvents(outputIndex: number, id: string, deltas: string[]): JsonObject[] {
  const at = { item_id: id, output_index: outputIndex, content_index: 0 };
  const text = deltas.join('');
  const item = messageItem(id, text);
  const part = { type: 'output_text', text, annotations: [], logprobs: [] };
  return [
    { type: 'response.output_item.added', output_index: outputIndex, item: { ...item, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...deltas.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index: outputIndex, item },
  ];
}

export function callEvents(outputIndex: number, id: string, callId: string, deltas: string[]): JsonObject[] {
  const at = { item_id: id, output_index: outputIndex };
  const item = callItem(id, callId, deltas.join(''));
  return [
    { type: 'response.output_item.added', output_index: outputIndex, item: { ...item, status: 'in_progress', arguments: '' } },
    ...deltas.map((delta) => ({ type: 'response.function_call_arguments.delta', ...at, delta })),
    { type: 'response.function_call_arguments.done', ...at, arguments: deltas.join('') },
    { type: 'response.output_item.done', output_index: outputIndex, item },
  ];
}

export function reasoningEvents(outputIndex: number, id: string, deltas: string[]): JsonObject[] {
  const at = { item_id: id, output_index: outputIndex, summary_index: 0 };
  const text = deltas.join('');
  return [
    { type: 'response.output_item.added', output_index: outputIndex, item: reasoningItem(id, '') },
    { type: 'response.reasoning_summary_part.added', ...at, part: { type: 'summary_text', text: '' } },
    ...deltas.map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...at, delta })),
    { type: 'response.reasoning_summary_text.done', ...at, text },
    { type: 'response.reasoning_summary_part.done', ...at, part: { type: 'summary_text', text } },
    { type: 'response.output_item.done', output_index: outputIndex, item: reasoningItem(id, text) },
  ];
}

/** created, in_progress, the items, completed with the items' final form. */
export function wholeStream(...items: JsonObject[][]): JsonObject[] {
  const output = items
    .flat()
    .flatMap((event) => (event['type'] === 'response.output_item.done' && isObject(event['item']) ? [event['item']] : []));
  return [
    { type: 'response.created', response: responseObject('in_progress') },
    { type: 'response.in_progress', response: responseObject('in_progress') },
    ...items.flat(),
    { type: 'response.completed', response: responseObject('completed', output) },
  ];
}

export const textStream = (): JsonObject[] => wholeStream(messageEvents(0, 'msg_1', ['It is ', 'sunny.']));
export const callStream = (): JsonObject[] => wholeStream(callEvents(0, 'fc_1', 'call_1', ['{"city":', '"Paris"}']));
export const reasoningStream = (): JsonObject[] =>
  wholeStream(reasoningEvents(0, 'rs_1', ['Looking ', 'outside.']), messageEvents(1, 'msg_1', ['Sunny.']));
export const parallelStream = (): JsonObject[] =>
  wholeStream(callEvents(0, 'fc_1', 'call_1', ['{"city":"Paris"}']), callEvents(1, 'fc_2', 'call_2', ['{"city":"Rome"}']));

/** Changes fields of the events of one type (all of them, or the n-th). */
export function change(events: JsonObject[], type: string, patch: JsonObject, nth: number | 'all' = 'all'): JsonObject[] {
  let seen = -1;
  return events.map((event) => {
    if (event['type'] !== type) return event;
    seen += 1;
    return nth === 'all' || nth === seen ? deepMerge(event, patch) : event;
  });
}

/** Leaves out the events of these types. */
export function without(events: JsonObject[], ...types: string[]): JsonObject[] {
  return events.filter((event) => !types.includes(event['type'] as string));
}

/** Puts events before the n-th event of the stream. */
export function insert(events: JsonObject[], at: number, ...added: CaseEvent[]): CaseEvent[] {
  return [...events.slice(0, at), ...added, ...events.slice(at)];
}

/** `undefined` in the patch removes a key. */
function deepMerge(target: JsonObject, patch: JsonObject): JsonObject {
  const result: JsonObject = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const old = result[key];
    if (value === undefined) delete result[key];
    else result[key] = isObject(value) && isObject(old) ? deepMerge(old, value) : value;
  }
  return result;
}
