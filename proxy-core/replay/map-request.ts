/**
 * A recorded request as it has to be sent when the answers before it are new ones: ids of the old answers are
 * replaced by those of the new, with the tool outputs that were recorded. Pure.
 */
import { asArray, asObject, asString, isObject, type JsonObject } from '../protocol/json.ts';

/** One finished step: what its answer was then, and what it is now. */
export interface AnsweredStep {
  recorded: JsonObject;
  fresh: JsonObject;
}

export interface MappedRequest {
  body: JsonObject;
  /** What could not be carried over, for the reader. */
  notes: string[];
  /** The new answers called nothing where the old ones did: the recorded request makes no sense any more. */
  isOrphan: boolean;
}

export function mapRequest(recorded: JsonObject, answered: readonly AnsweredStep[]): MappedRequest {
  const notes: string[] = [];
  const items = new Map<string, JsonObject | null>();
  const calls = new Map<string, string | null>();
  const responses = new Map<string, string>();
  for (const step of answered) mapAnswer(step, { items, calls, responses });

  const body: JsonObject = { ...recorded };
  const previous = asString(recorded['previous_response_id']);
  if (previous !== undefined) body['previous_response_id'] = responses.get(previous) ?? previous;
  if (!Array.isArray(recorded['input'])) return { body, notes, isOrphan: false };

  const outputsByName = new Map<string, JsonObject>();
  const lost = { outputs: 0, kept: 0 };
  const input = recorded['input'].flatMap((value): unknown[] => {
    if (!isObject(value)) return [value];
    const callId = asString(value['call_id']);
    if ((asString(value['type']) ?? '').endsWith('_output') && callId !== undefined) {
      const fresh = calls.get(callId);
      if (fresh === null) {
        lost.outputs += 1;
        return [];
      }
      lost.kept += 1;
      const name = nameOfCall(callId, answered);
      if (name !== undefined) outputsByName.set(name, value);
      return [fresh === undefined ? value : withoutId({ ...value, call_id: fresh })];
    }
    const known = items.get(asString(value['id']) ?? '') ?? (callId === undefined ? undefined : itemOfCall(callId, answered, calls));
    if (known === null) return [];
    return known === undefined ? [value] : [known];
  });
  if (lost.outputs > 0) notes.push(`${lost.outputs} recorded tool output(s) belong to calls that the new answer did not make.`);
  input.push(...answerRest(recorded['input'], answered, outputsByName, notes));
  body['input'] = input;
  return { body, notes, isOrphan: lost.outputs > 0 && lost.kept === 0 };
}

interface Maps {
  items: Map<string, JsonObject | null>;
  calls: Map<string, string | null>;
  responses: Map<string, string>;
}

/** Old to new by kind and order; calls by name and order. Null: the new answer has none. */
function mapAnswer({ recorded, fresh }: AnsweredStep, { items, calls, responses }: Maps): void {
  const oldId = asString(recorded['id']);
  const newId = asString(fresh['id']);
  if (oldId !== undefined && newId !== undefined) responses.set(oldId, newId);
  const rest = outputOf(fresh);
  for (const item of outputOf(recorded)) {
    const at = rest.findIndex((one) => one['type'] === item['type'] && one['name'] === item['name']);
    const [match] = at === -1 ? [] : rest.splice(at, 1);
    const id = asString(item['id']);
    if (id !== undefined) items.set(id, match ?? null);
    const callId = asString(item['call_id']);
    if (callId !== undefined) calls.set(callId, asString(match?.['call_id']) ?? null);
  }
}

/** Clients that drop the item's id send calls back by their call_id alone. */
function itemOfCall(
  callId: string,
  answered: readonly AnsweredStep[],
  calls: ReadonlyMap<string, string | null>,
): JsonObject | null | undefined {
  const fresh = calls.get(callId);
  if (fresh === undefined || fresh === null) return fresh;
  return answered.flatMap((step) => outputOf(step.fresh)).find((item) => item['call_id'] === fresh);
}

function nameOfCall(callId: string, answered: readonly AnsweredStep[]): string | undefined {
  return asString(answered.flatMap(({ recorded }) => outputOf(recorded)).find((item) => item['call_id'] === callId)?.['name']);
}

/** Calls of the last new answer that were not made then: each needs an output, or the request is refused. */
function answerRest(
  input: readonly unknown[],
  answered: readonly AnsweredStep[],
  byName: ReadonlyMap<string, JsonObject>,
  notes: string[],
): JsonObject[] {
  const last = answered.at(-1);
  if (!last || !input.some((item) => (asString(asObject(item)['type']) ?? '').endsWith('_output'))) return [];
  const matched = new Map<string, string | null>();
  mapAnswer(last, { items: new Map(), calls: matched, responses: new Map() });
  const answeredIds = new Set(matched.values());
  return outputOf(last.fresh)
    .filter((item) => typeof item['call_id'] === 'string' && !answeredIds.has(item['call_id']))
    .map((item) => {
      const name = asString(item['name']) ?? '';
      const model = byName.get(name);
      notes.push(`No output was recorded for the new call of ${name || 'a tool'}${model ? '; that of another call of it is sent' : ''}.`);
      const type = item['type'] === 'custom_tool_call' ? 'custom_tool_call_output' : 'function_call_output';
      return { type, call_id: item['call_id'], output: model?.['output'] ?? '{"error":"no output was recorded for this call"}' };
    });
}

function outputOf(response: JsonObject): JsonObject[] {
  return asArray(response['output']).filter(isObject);
}

function withoutId({ id: _id, ...item }: JsonObject): JsonObject {
  return item;
}
