/**
 * The strings and numbers of a JSON text, with their places and paths, so that values can be replaced in
 * place: formatting, key order and even what is malformed stay as they were. Never throws.
 */
export type PathPart = string | number;

export interface JsonToken {
  kind: 'string' | 'number';
  /** Place of the raw text; for strings without their quotes. */
  start: number;
  end: number;
  path: readonly PathPart[];
}

interface Container {
  isArray: boolean;
  index: number;
  key: string;
  /** In an object: the next string is a key. */
  isKeyNext: boolean;
}

/** @param text JSON, or what wants to be; a text cut off in the middle gives what is there. */
export function scanJson(text: string): JsonToken[] {
  const tokens: JsonToken[] = [];
  const stack: Container[] = [];
  const number = /-?\d[\d.eE+-]*/y;
  const pathOf = (): PathPart[] => stack.map((one) => (one.isArray ? one.index : one.key));

  for (let at = 0; at < text.length;) {
    const char = text[at] as string;
    const top = stack.at(-1);
    if (char === '"') {
      const end = stringEnd(text, at + 1);
      if (top && !top.isArray && top.isKeyNext) top.key = unescape(text.slice(at + 1, end));
      else tokens.push({ kind: 'string', start: at + 1, end, path: pathOf() });
      at = end + 1;
      continue;
    }
    if (char === '{' || char === '[') stack.push({ isArray: char === '[', index: 0, key: '', isKeyNext: char === '{' });
    else if (char === '}' || char === ']') stack.pop();
    else if (char === ',' && top) {
      if (top.isArray) top.index += 1;
      else top.isKeyNext = true;
    } else if (char === ':' && top) top.isKeyNext = false;
    else if (char === '-' || (char >= '0' && char <= '9')) {
      number.lastIndex = at;
      const length = number.exec(text)?.[0].length ?? 1;
      tokens.push({ kind: 'number', start: at, end: at + length, path: pathOf() });
      at += length;
      continue;
    }
    at += 1;
  }
  return tokens;
}

/** Where the closing quote is, or the end of a text that has none. */
function stringEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

const SHORT_ESCAPES: { [char: string]: string } = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const UNIT = /\\u([0-9a-fA-F]{4})|\\([\s\S]?)|([^\\])/g;

/** The text of a raw JSON string, one UTF-16 unit for each raw unit or escape. */
export function unescape(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replaceAll(UNIT, (_all, hex: string | undefined, short: string | undefined, plain: string | undefined) =>
    hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : (plain ?? SHORT_ESCAPES[short ?? ''] ?? short ?? ''),
  );
}

/** `raw` with each unit replaced by the one of `text` at its place, in the same notation, so that lengths stay. */
export function reescape(raw: string, text: string): string {
  if (!raw.includes('\\')) return text;
  let at = 0;
  return raw.replaceAll(UNIT, (all, hex: string | undefined, short: string | undefined) => {
    // A short escape that stood for nothing (`\` at the end of a cut text) has no unit.
    if (short === '') return all;
    const unit = text[at++] ?? '';
    if (hex !== undefined) return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    return short !== undefined ? all : unit;
  });
}
