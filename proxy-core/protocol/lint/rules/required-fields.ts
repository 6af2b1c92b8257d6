/** Fields that some real client needs are there and of the right type. Measured with 22 clients; others may be missing. */
import { asArray, isObject, type JsonObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { change, textStream } from '../example-streams.ts';
import type { EventSpec } from '../model/event-catalog.ts';
import type { EventFacts } from '../model/event-facts.ts';
import type { ItemState, PartState } from '../model/item-state.ts';

type FieldType = 'string' | 'text' | 'number' | 'array' | 'object';
type Need = readonly [path: string, type: FieldType];

/** `text` may be empty, `string` may not. */
const RESPONSE: readonly Need[] = [
  ['id', 'string'],
  ['created_at', 'number'],
  ['model', 'text'],
  ['output', 'array'],
];
const ANY_ITEM: readonly Need[] = [
  ['type', 'string'],
  ['id', 'string'],
];
const ITEM_FIELDS: Readonly<Record<string, readonly Need[]>> = {
  message: [
    ['content', 'array'],
    ['status', 'string'],
    ['role', 'string'],
  ],
  reasoning: [['summary', 'array']],
  function_call: [
    ['call_id', 'text'],
    ['name', 'string'],
    ['arguments', 'text'],
    ['status', 'string'],
  ],
  custom_tool_call: [
    ['call_id', 'text'],
    ['name', 'string'],
    ['input', 'text'],
  ],
};

/** Where a part of each type has its text. */
const TEXT_FIELDS: Readonly<Record<string, string>> = {
  output_text: 'text',
  summary_text: 'text',
  reasoning_text: 'text',
  refusal: 'refusal',
};

export const requiredFields = defineRule({
  id: 'required-fields',
  severity: 'error',
  title: 'A needed field is missing or of another type',
  why: 'Clients check what arrives against a schema, or simply read the field. A missing one makes them throw, or drop the event without a word.',
  source:
    'Fields of the OpenAI OpenAPI (Aug 2026) whose absence made at least one of 22 real clients fail; present in all genuine streams.',
  breaks:
    'Depends on the field: without type or response.id most clients fail; without item_id or item.id AI SDK and pydantic-ai; without content_index or output_index the OpenAI SDKs.',
  fix: 'Write events from typed constructors, one per event type, rather than from whatever the upstream sent.',
  example: {
    good: { events: textStream() },
    bad: { events: change(textStream(), 'response.output_text.delta', { content_index: undefined }) },
  },
  create: ({ report }) => ({
    event(facts) {
      const { json, spec } = facts;
      if (facts.event.json === undefined || isWholeDelta(facts)) return;
      const problems: string[] = [];
      if (typeof json['type'] !== 'string') problems.push(describe('type', json['type'], 'string'));
      if (spec) {
        if (facts.response) check(facts.response, RESPONSE, 'response.', problems);
        else if (spec.role === 'item-added' || spec.role === 'item-done') {
          check(json, [['output_index', 'number']], '', problems);
          checkItem(json['item'], 'item.', problems);
        } else {
          check(json, innerNeeds(facts), '', problems);
          if ((spec.role === 'part-added' || spec.role === 'part-done') && isObject(json['part']))
            checkPart(json['part'], 'part', problems);
        }
      }
      if (problems.length > 0) {
        const isChat = json['object'] === 'chat.completion.chunk';
        report({
          facts,
          group: groupOf(facts.item, problems),
          message: `${facts.type ?? (isChat ? 'A Chat Completions chunk among the events' : 'A frame')}: ${problems.join('; ')}.`,
          expected: problems,
          actual: isChat ? json : null,
        });
      }
      for (const { entry, item, position } of facts.terminal?.entries ?? []) {
        const found: string[] = [];
        checkItem(entry, `response.output[${position}].`, found);
        if (found.length > 0)
          report({
            facts,
            item,
            itemId: item?.id ?? null,
            group: groupOf(item, found),
            message: `${facts.type}: ${found.join('; ')}.`,
            expected: found,
            actual: null,
          });
      }
    },
  }),
});

/** True for most events of most streams: a delta that has all it needs. Whatever it lacks is worked out with all others. */
function isWholeDelta({ json, spec, part, itemId, outputIndex }: EventFacts): boolean {
  if (spec?.role !== 'delta' || typeof json['delta'] !== 'string' || typeof json['type'] !== 'string') return false;
  if (spec.hasItemId && (itemId === null || outputIndex === null)) return false;
  return part === null || Number.isFinite(part.group === 'summary' ? json['summary_index'] : json['content_index']);
}

/** The same field missing from one item wherever it is written is one fault. */
function groupOf(item: ItemState | null, problems: readonly string[]): string {
  const fields = problems.map((problem) => problem.replace(/^(?:item|response\.output\[\d+\])\./, ''));
  return `${item?.firstEventAt ?? 'stream'} ${fields.join()}`;
}

/** The same few lists for all events of all streams. */
const innerNeedsOf = { none: new Map<EventSpec, Need[]>(), content: new Map<EventSpec, Need[]>(), summary: new Map<EventSpec, Need[]>() };

function innerNeeds({ spec, part }: EventFacts): readonly Need[] {
  if (!spec || spec.role === 'error' || spec.role === 'other') return [];
  const lists = innerNeedsOf[part?.group ?? 'none'];
  let needs = lists.get(spec);
  if (!needs) lists.set(spec, (needs = toInnerNeeds(spec, part)));
  return needs;
}

function toInnerNeeds(spec: EventSpec, part: PartState | null): Need[] {
  const needs: Need[] = [];
  if (spec.hasItemId) needs.push(['item_id', 'string'], ['output_index', 'number']);
  if (part) needs.push([part.group === 'summary' ? 'summary_index' : 'content_index', 'number']);
  if (spec.role === 'part-added' || spec.role === 'part-done') needs.push(['part', 'object']);
  if (spec.role === 'delta' && spec.channel !== null) needs.push(['delta', 'text']);
  if (spec.role === 'content-done' && spec.doneField !== null) needs.push([spec.doneField, 'text']);
  if (spec.role === 'annotation') needs.push(['annotation', 'object']);
  return needs;
}

function checkItem(item: unknown, prefix: string, problems: string[]): void {
  if (!isObject(item)) {
    problems.push(describe(prefix.slice(0, -1), item, 'object'));
    return;
  }
  check(item, ANY_ITEM, prefix, problems);
  check(item, ITEM_FIELDS[String(item['type'])] ?? [], prefix, problems);
  for (const list of ['content', 'summary']) {
    if (item['type'] !== 'message' && item['type'] !== 'reasoning') continue;
    asArray(item[list]).forEach((part, index) => checkPart(part, `${prefix}${list}[${index}]`, problems));
  }
}

/** A part has a type, and the text of that type. */
function checkPart(part: unknown, path: string, problems: string[]): void {
  if (!isObject(part)) {
    problems.push(describe(path, part, 'object'));
    return;
  }
  const field = TEXT_FIELDS[String(part['type'])];
  check(part, field === undefined ? [['type', 'string']] : [[field, 'text']], `${path}.`, problems);
}

function check(object: JsonObject, needs: readonly Need[], prefix: string, problems: string[]): void {
  for (const need of needs) {
    const value = object[need[0]];
    if (!isOfType(value, need[1])) problems.push(describe(prefix + need[0], value, need[1]));
  }
}

function isOfType(value: unknown, type: FieldType): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value);
  return typeof value === 'string' && (type === 'text' || value !== '');
}

function describe(path: string, value: unknown, type: FieldType): string {
  if (value === undefined) return `${path} is missing`;
  if (value === null) return `${path} is null`;
  if (value === '') return `${path} is empty`;
  const wanted = type === 'text' ? 'a string' : type === 'array' || type === 'object' ? `an ${type}` : `a ${type}`;
  return `${path} is not ${wanted}`;
}
