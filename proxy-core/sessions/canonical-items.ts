/**
 * A conversation as a chain of hashes (mapping 4.1, 5): what the items say, without what clients drop or
 * change when they send their history again (ids, status, annotations, reasoning, instructions).
 */
import { createHash } from 'node:crypto';
import { asArray, asObject, asString, isObject, parseJson, type JsonObject } from '../protocol/json.ts';

export interface CanonicalItem {
  text: string;
  /** Made by the model: a match without any of these says nothing. */
  isAnswer: boolean;
}

export interface HashedPrefix {
  hash: string;
  /** Number of the model's items in it. */
  answers: number;
}

export const EMPTY_PREFIX: HashedPrefix = { hash: '', answers: 0 };

/** The prefix after each item, in order. */
export function extendPrefix(prefix: HashedPrefix, items: readonly CanonicalItem[]): HashedPrefix[] {
  const prefixes: HashedPrefix[] = [];
  let { hash, answers } = prefix;
  for (const item of items) {
    hash = createHash('sha256').update(hash).update('\n').update(item.text).digest('base64url').slice(0, 24);
    if (item.isAnswer) answers += 1;
    prefixes.push({ hash, answers });
  }
  return prefixes;
}

/** Undefined for what does not count: reasoning, system messages, empty messages, references. */
export function toCanonicalItem(item: JsonObject): CanonicalItem | undefined {
  const type = asString(item['type']) ?? (item['role'] === undefined ? undefined : 'message');
  switch (type) {
    case 'message':
      return toMessage(item);
    case 'function_call':
      return { text: `call\n${asString(item['name']) ?? ''}\n${toCanonicalJson(item['arguments'])}`, isAnswer: true };
    case 'custom_tool_call':
      return { text: `custom\n${asString(item['name']) ?? ''}\n${asString(item['input']) ?? ''}`, isAnswer: true };
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { text: `output\n${asString(item['call_id']) ?? ''}\n${toText(item['output'])}`, isAnswer: false };
    case 'reasoning':
    case 'item_reference':
    case undefined:
      return undefined;
    default: {
      const { id: _id, status: _status, ...rest } = item;
      return { text: `${type}\n${JSON.stringify(sortKeys(rest))}`, isAnswer: type.endsWith('_call') };
    }
  }
}

export function toCanonicalItems(input: unknown): CanonicalItem[] {
  if (typeof input === 'string') return input.trim() === '' ? [] : [{ text: `user\n${normalise(input)}`, isAnswer: false }];
  return asArray(input).flatMap((item) => toCanonicalItem(asObject(item)) ?? []);
}

function toMessage(item: JsonObject): CanonicalItem | undefined {
  const role = asString(item['role']) ?? '';
  // Prompts that a framework writes anew each turn (dates, tools) are instructions in other clothes.
  if (role === 'system' || role === 'developer') return undefined;
  const text = toText(item['content']);
  return text === '' ? undefined : { text: `${role}\n${text}`, isAnswer: role === 'assistant' };
}

function toText(content: unknown): string {
  if (typeof content === 'string') return normalise(content);
  const parts = asArray(content).map((value) => {
    const part = asObject(value);
    const text = asString(part['text']) ?? asString(part['refusal']);
    if (text !== undefined) return text;
    const { annotations: _annotations, logprobs: _logprobs, ...rest } = part;
    return JSON.stringify(sortKeys(rest));
  });
  return normalise(parts.join('\n'));
}

function normalise(text: string): string {
  return text.trim().normalize('NFC');
}

/** Arguments are compared as values: clients parse and write them again. */
function toCanonicalJson(text: unknown): string {
  if (typeof text !== 'string') return JSON.stringify(sortKeys(text)) ?? '';
  const parsed = parseJson(text);
  return parsed === undefined ? text.trim() : JSON.stringify(sortKeys(parsed));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sortKeys(value[key])]),
  );
}
