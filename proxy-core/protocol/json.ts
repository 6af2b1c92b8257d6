/**
 * The only place that calls JSON.parse. Values from outside stay `unknown` until they have been
 * looked at; these are the looks everybody needs. Pure.
 */
export type JsonObject = { [key: string]: unknown };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Values may lie this deep in each other. No protocol comes near it, and whoever walks through a value of a
 * stranger, JSON.stringify included, calls itself once a level and would run out of stack at some thousands.
 */
export const MAX_JSON_DEPTH = 1_000;

/**
 * Parses JSON text. Returns `undefined` for text that is not JSON (JSON itself has no undefined), or that
 * nests deeper than MAX_JSON_DEPTH.
 */
export function parseJson(text: string): unknown {
  if (text.length > MAX_JSON_DEPTH * 2 && isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // not JSON: the caller decides what that means
  }
}

/** Most texts have fewer brackets than that at all, and finding those out is quick. */
function isTooDeep(text: string): boolean {
  if (!hasManyBrackets(text)) return false;
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === BACKSLASH) at += 1;
    else if (char === QUOTE) isInString = !isInString;
    else if (isInString) continue;
    else if (char === OPEN_LIST || char === OPEN_OBJECT) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (char === CLOSE_LIST || char === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

function hasManyBrackets(text: string): boolean {
  let left = MAX_JSON_DEPTH;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      left -= 1;
      if (left < 0) return true;
    }
  }
  return false;
}

/** Parses JSON text that must be an object; anything else gives `undefined`. */
export function parseJsonObject(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
