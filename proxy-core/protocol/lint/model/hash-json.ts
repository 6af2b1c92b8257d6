/** Digest of a JSON value that does not depend on the order of keys, and its readable short form. Pure. */
import { isObject } from '../../json.ts';
import { createTextDigest, type TextDigest } from './text-digest.ts';

/** `ignore` names keys that are left out at every depth. */
export function canonicalJson(value: unknown, ignore?: ReadonlySet<string>): string {
  if (Array.isArray(value)) return `[${value.map((entry) => canonicalJson(entry, ignore)).join(',')}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined && !ignore?.has(key));
    return `{${keys
      .toSorted()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key], ignore)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

export function hashJson(value: unknown, ignore?: ReadonlySet<string>): TextDigest {
  return createTextDigest(canonicalJson(value, ignore));
}

/** Cuts long values for `expected` and `actual`. */
export function shorten(value: unknown, limit = 400): unknown {
  if (typeof value === 'string') return value.length <= limit ? value : `${value.slice(0, limit)}… (${value.length} characters)`;
  const text = JSON.stringify(value);
  if (text === undefined || text.length <= limit) return value;
  return `${text.slice(0, limit)}… (${text.length} characters)`;
}
