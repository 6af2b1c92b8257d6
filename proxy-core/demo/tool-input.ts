/**
 * Plausible arguments for a tool, from its JSON schema and the question. Required properties are always
 * filled; optional ones only where the question suggests a value.
 */
import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '../protocol/json.ts';

export interface InputContext {
  question: string;
  city: string;
}

export function toToolInput(schema: JsonObject, context: InputContext): JsonObject {
  const value = toSchemaValue({ type: 'object', ...schema }, context);
  return isObject(value) ? value : {};
}

/** Any value that fits the schema. */
export function toSchemaValue(schema: JsonObject, context: InputContext): unknown {
  return toValue(schema, '', { ...context, root: schema, depth: 0 });
}

interface Walk extends InputContext {
  /** Resolves local references. */
  root: JsonObject;
  depth: number;
}
const MAX_DEPTH = 4;

function toValue(schema: JsonObject, name: string, walk: Walk): unknown {
  const deeper = { ...walk, depth: walk.depth + 1 };
  const reference = asString(schema.$ref);
  if (reference !== undefined) return walk.depth > MAX_DEPTH ? {} : toValue(resolve(reference, walk.root), name, deeper);
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (Array.isArray(schema.enum)) return chooseEnum(schema.enum, walk.question);
  const variants = [...asArray(schema.anyOf), ...asArray(schema.oneOf), ...asArray(schema.allOf)].map(asObject);
  const variant = variants.find((one) => one.type !== 'null');
  if (variant) return toValue(variant, name, deeper);
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
  switch (type) {
    case 'object':
      return toObject(schema, walk);
    case 'array':
      return [toValue(asObject(schema.items), singular(name), deeper)];
    case 'number':
    case 'integer':
      return toNumber(schema, walk.question);
    case 'boolean':
      return !/^(?:force|delete|dry|recursive|overwrite)/i.test(name);
    default:
      return toText(schema, name, walk);
  }
}

function toObject(schema: JsonObject, walk: Walk): JsonObject {
  const properties = Object.entries(asObject(schema.properties));
  const required = asArray(schema.required);
  const filled =
    walk.depth > MAX_DEPTH ? [] : properties.filter(([name, one]) => required.includes(name) || isSuggested(name, asObject(one), walk));
  const chosen = filled.length > 0 || walk.depth > 0 ? filled : properties.slice(0, 1);
  return Object.fromEntries(chosen.map(([name, one]) => [name, toValue(asObject(one), name, { ...walk, depth: walk.depth + 1 })]));
}

/** Optional properties that the question is about. */
function isSuggested(name: string, schema: JsonObject, { question, city }: InputContext): boolean {
  if (Array.isArray(schema.enum)) return schema.enum.some((value) => typeof value === 'string' && mentions(question, value));
  return isPlace(name) && city !== '' && mentions(question, city);
}

function toText(schema: JsonObject, name: string, { question, city }: InputContext): string {
  if (isPlace(name)) return city;
  if (/date|day/i.test(name) || schema.format === 'date') return '2026-06-21';
  if (schema.format === 'date-time' || /time/i.test(name)) return '2026-06-21T12:00:00Z';
  if (/unit|scale/i.test(name)) return 'celsius';
  if (/e?mail/i.test(name)) return 'demo@example.com';
  if (/ur[il]|link/i.test(name)) return 'https://example.com/';
  if (/expression|formula|equation/i.test(name)) return /[\d(][\d\s().+*/^-]*[\d)]/.exec(question)?.[0].trim() ?? '6 * 7';
  if (/path|file|dir/i.test(name)) return 'README.md';
  if (/^(?:command|cmd|script)$/i.test(name)) return 'echo "Hello from the demo model"';
  if (/(?:^|_)id$/i.test(name)) return 'demo-1';
  if (/lang/i.test(name)) return 'en';
  return question === '' ? 'demo' : question;
}

function toNumber(schema: JsonObject, question: string): number {
  const asked = Number(/\b\d+(?:\.\d+)?\b/.exec(question)?.[0] ?? Number.NaN);
  const low = asNumber(schema.minimum) ?? 1;
  const high = asNumber(schema.maximum) ?? Number.POSITIVE_INFINITY;
  const value = Number.isFinite(asked) ? Math.min(high, Math.max(low, asked)) : Math.min(high, Math.max(low, 3));
  return schema.type === 'integer' ? Math.round(value) : value;
}

function chooseEnum(values: unknown[], question: string): unknown {
  return (
    values.find((value) => typeof value === 'string' && mentions(question, value)) ??
    values.find((value) => value === 'celsius') ??
    values[0]
  );
}

function isPlace(name: string): boolean {
  return /city|location|place|town|destination/i.test(name);
}

function mentions(text: string, word: string): boolean {
  return word !== '' && text.toLowerCase().includes(word.toLowerCase());
}

function singular(name: string): string {
  return /ies$/i.test(name) ? name.replace(/ies$/i, 'y') : name.replace(/s$/i, '');
}

function resolve(reference: string, root: JsonObject): JsonObject {
  const steps = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  return asObject(steps.reduce<unknown>((node, step) => asObject(node)[step], root));
}
