/**
 * `client.responses.stream()` of openai-python: a snapshot built event by event, and at the end the
 * output of response.completed. 2.x files by position in the list; 3.x maps output_index to a position
 * and checks that items keep their identity.
 */
import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '../json.ts';
import type { ModelStep } from './client-model.ts';
import { findPythonJsonError } from './python-json.ts';
import { readPythonEvents } from './python-sse.ts';
import { callsOf, errorMessageOf, itemsOf, textOf } from './response-output.ts';
import { ClientFault, type StepReading } from './run-steps.ts';

export interface SnapshotOptions {
  checksIdentity: boolean;
}

interface Snapshot {
  id: unknown;
  /** Null when response.created has no output list; 3.x then makes one. */
  output: JsonObject[] | null;
  /** 3.x: output_index to item. */
  byIndex: Map<number | undefined, JsonObject>;
  done: JsonObject[];
}

const CONTENT_EVENTS = new Set([
  'response.content_part.added',
  'response.output_text.delta',
  'response.output_text.done',
  'response.function_call_arguments.delta',
]);

export function readSnapshotStream(step: ModelStep, reading: StepReading, options: SnapshotOptions): void {
  let snapshot: Snapshot | undefined;
  let completed: JsonObject | undefined;
  for (const event of readPythonEvents(step.text)) {
    const type = asString(event['type']);
    if (!snapshot) {
      if (type !== 'response.created')
        throw new ClientFault(`RuntimeError: Expected to have received \`response.created\` before \`${type ?? 'None'}\``);
      snapshot = createSnapshot(asObject(event['response']), options);
      continue;
    }
    if (type === 'error') throw new ClientFault(`error event: ${errorMessageOf(event)}`);
    if (type === 'response.failed')
      throw new ClientFault(`response.failed: ${errorMessageOf(asObject(asObject(event['response'])['error']))}`);
    if (isObject(event['response']) && options.checksIdentity && event['response']['id'] !== snapshot.id) {
      throw new ClientFault('RuntimeError: Lifecycle response identity changed.');
    }
    if (type === 'response.completed') {
      completed = asObject(event['response']);
      if (options.checksIdentity) checkCompleted(snapshot, completed);
      continue;
    }
    accumulate(snapshot, event, options);
    const delta = asString(event['delta']) ?? '';
    if (type === 'response.output_text.delta') reading.streamedText += delta;
    if (type === 'response.reasoning_summary_text.delta') reading.reasoning += delta;
  }
  if (!completed) throw new ClientFault("RuntimeError: Didn't receive a `response.completed` event.");
  const hasOutput = Array.isArray(completed['output']);
  if (!hasOutput && !options.checksIdentity) throw new ClientFault("TypeError: 'NoneType' object is not iterable");
  const items = hasOutput ? itemsOf(completed['output']) : (snapshot?.done ?? []);
  reading.finalText = items.map(textOf).join('');
  reading.calls = callsOf(items);
  for (const call of reading.calls) {
    // Strict tools are parsed when the response is.
    const problem = call.isCustom ? undefined : findPythonJsonError(call.arguments);
    if (problem !== undefined) throw new ClientFault(`JSONDecodeError: ${problem}`);
  }
}

function createSnapshot(response: JsonObject, { checksIdentity }: SnapshotOptions): Snapshot {
  const output = Array.isArray(response['output']) ? itemsOf(response['output']) : checksIdentity ? [] : null;
  return { id: response['id'], output, byIndex: new Map(), done: [] };
}

function accumulate(snapshot: Snapshot, event: JsonObject, options: SnapshotOptions): void {
  const type = asString(event['type']) ?? '';
  const index = asNumber(event['output_index']);
  if (type === 'response.output_item.added') {
    addItem(snapshot, structuredCloneJson(asObject(event['item'])), index, options);
    return;
  }
  if (type === 'response.output_item.done' && options.checksIdentity) {
    checkDone(snapshot, asObject(event['item']), index);
    return;
  }
  if (!CONTENT_EVENTS.has(type)) return;
  const item = findItem(snapshot, index, options);
  if (type === 'response.function_call_arguments.delta') {
    if (item['type'] !== 'function_call') throw new ClientFault('AssertionError: ');
    requireText(event['delta']);
    return;
  }
  if (item['type'] !== 'message') {
    if (type === 'response.content_part.added') return;
    throw new ClientFault('AssertionError: ');
  }
  if (type === 'response.content_part.added') {
    if (!Array.isArray(item['content'])) throw new ClientFault("AttributeError: 'NoneType' object has no attribute 'append'");
    item['content'].push(event['part']);
    return;
  }
  const contentIndex = event['content_index'];
  if (contentIndex === undefined || contentIndex === null)
    throw new ClientFault('TypeError: list indices must be integers or slices, not NoneType');
  if (asArray(item['content'])[Number(contentIndex)] === undefined) throw new ClientFault('IndexError: list index out of range');
  if (type === 'response.output_text.delta') requireText(event['delta']);
}

function requireText(delta: unknown): void {
  if (typeof delta !== 'string') throw new ClientFault('TypeError: can only concatenate str (not "NoneType") to str');
}

function addItem(snapshot: Snapshot, item: JsonObject, index: number | undefined, { checksIdentity }: SnapshotOptions): void {
  if (snapshot.output === null) throw new ClientFault("AttributeError: 'NoneType' object has no attribute 'append'");
  if (checksIdentity) {
    // A missing index is None, which is as good a key as any.
    if (snapshot.byIndex.has(index)) throw new ClientFault(`RuntimeError: Duplicate response output index ${index ?? 'None'}.`);
    snapshot.byIndex.set(index, item);
  }
  snapshot.output.push(item);
}

function findItem(snapshot: Snapshot, index: number | undefined, { checksIdentity }: SnapshotOptions): JsonObject {
  if (checksIdentity) {
    const item = snapshot.byIndex.get(index);
    if (!item)
      throw new ClientFault(`RuntimeError: Received a content event for output index ${index ?? 'None'} before receiving its output item`);
    return item;
  }
  if (index === undefined) throw new ClientFault('TypeError: list indices must be integers or slices, not NoneType');
  const item = snapshot.output?.[index];
  if (!item) throw new ClientFault('IndexError: list index out of range');
  return item;
}

function checkDone(snapshot: Snapshot, item: JsonObject, index: number | undefined): void {
  const added = snapshot.byIndex.get(index);
  // The done of an item that was never announced is taken as it is.
  const isSame = !added || ['type', 'id', 'call_id'].every((key) => added[key] === item[key]);
  if (!isSame) throw new ClientFault('RuntimeError: Completed output item identity changed.');
  snapshot.done.push(item);
}

/** Calls are known by call_id, other items by id; one that comes back under its name must be the same. */
function checkCompleted(snapshot: Snapshot, completed: JsonObject): void {
  const output = itemsOf(completed['output']);
  const seen = new Map<string, JsonObject>();
  for (const item of output) {
    const identity = identityOf(item);
    if (identity === undefined) continue;
    if (seen.has(identity)) throw new ClientFault('RuntimeError: Response snapshot has conflicting output identities.');
    seen.set(identity, item);
  }
  for (const item of snapshot.done) {
    const identity = identityOf(item);
    const final = identity === undefined ? undefined : seen.get(identity);
    if (final && final['id'] !== item['id']) throw new ClientFault('RuntimeError: Completed response output identity changed.');
  }
}

function identityOf(item: JsonObject): string | undefined {
  const callId = asString(item['call_id']);
  if (callId) return `call ${String(item['type'])} ${callId}`;
  // Two items of one id are told apart by their place.
  return undefined;
}

function structuredCloneJson(item: JsonObject): JsonObject {
  return { ...item, ...(Array.isArray(item['content']) ? { content: [...(item['content'] as unknown[])] } : {}) };
}
