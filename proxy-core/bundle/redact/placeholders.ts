/**
 * Texts to placeholders of the same length. White space and punctuation stay, letters become x and X,
 * digits 0. A text that begins with { or [ keeps its JSON: keys that are names, literals and the first three digits of
 * numbers. Works from left to right, so that a beginning of a text becomes the beginning of its placeholder.
 */
export interface Placeholders {
  text(text: string): string;
}

export interface PlaceholderOptions {
  /** Values that stay in JSON: those that a tool's schema lists. */
  kept?: ReadonlySet<string>;
  /**
   * Texts that differ get placeholders that differ from the same place on (y, z, … instead of x). Needed
   * where a finding is that two texts of one length are not equal; else nothing more than lengths is shown.
   */
  isDistinct?: boolean;
}

/** A trie that remembers which unit came first at a place; the second other one gets another letter. */
interface Node {
  children: Map<string, { unit: string; node: Node }>;
}
/** All but white space, punctuation and symbols; pairs always, because deltas may tear them apart. */
const HIDDEN = /[\u{10000}-\u{10FFFF}]|[^\s\p{P}\p{S}]/gu;
const MAX_DEPTH = 20_000;
const LETTERS = 'xyzwvutsrqponmlkjihgfedcba'.split('');
const CAPITALS = LETTERS.map((letter) => letter.toUpperCase());
const DIGITS = '0123456789'.split('');

export function createPlaceholders({ kept = new Set(), isDistinct = false }: PlaceholderOptions = {}): Placeholders {
  const root: Node = { children: new Map() };

  function plain(text: string): string {
    if (!isDistinct) return text.replaceAll(HIDDEN, hide);
    let node: Node = root;
    let hidden = '';
    for (let at = 0; at < text.length; at++) {
      const unit = text[at] as string;
      if (at >= MAX_DEPTH) return hidden + text.slice(at).replaceAll(HIDDEN, hide);
      let child = node.children.get(unit);
      if (!child) {
        child = { unit: distinguish(unit, node), node: { children: new Map() } };
        node.children.set(unit, child);
      }
      hidden += child.unit;
      node = child.node;
    }
    return hidden;
  }

  return {
    text: (text) => (/^\s*[{[]/.test(text) ? hideJson(text, (value) => (kept.has(value) ? value : plain(value))) : plain(text)),
  };
}

/** One unit (or pair) by one of the same class and the same length in UTF-8. */
function hide(char: string): string {
  if (char.length === 2) return '\u{1F7E8}';
  const code = char.charCodeAt(0);
  if (code < 0x80) return /\d/.test(char) ? '0' : /[A-Z]/.test(char) ? 'X' : /[a-z]/.test(char) ? 'x' : char;
  // Halves of a pair that deltas have torn apart.
  if (code >= 0xd800 && code <= 0xdbff) return '\uD83D';
  if (code >= 0xdc00 && code <= 0xdfff) return '\uDFE8';
  return code < 0x800 ? '\u00F8' : '\u25A1';
}

function distinguish(unit: string, node: Node): string {
  const hidden = /[\s\p{P}\p{S}]/u.test(unit) ? unit : hide(unit);
  if (!/[xX0]/.test(hidden)) return hidden;
  const used = new Set([...node.children.values()].map((child) => child.unit));
  const choices = hidden === '0' ? DIGITS : hidden === 'X' ? CAPITALS : LETTERS;
  return choices.find((choice) => !used.has(choice)) ?? hidden;
}

/** JSON text with its string values hidden; several documents in a row and cut ones, too. */
function hideJson(text: string, hideValue: (value: string) => string): string {
  const stack: { isArray: boolean; isKeyNext: boolean }[] = [];
  let hidden = '';
  let word = '';
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    const top = stack.at(-1);
    if (char === '"') {
      const end = closingQuote(text, at + 1);
      const value = text.slice(at + 1, end);
      const isName = top !== undefined && !top.isArray && top.isKeyNext && /^[\w$.-]{1,64}$/.test(value);
      hidden += `"${isName ? value : hideEscaped(value, hideValue)}${end < text.length ? '"' : ''}`;
      at = end;
      continue;
    }
    if (char === '{' || char === '[') stack.push({ isArray: char === '[', isKeyNext: char === '{' });
    else if (char === '}' || char === ']') stack.pop();
    else if (char === ',' && top) top.isKeyNext = !top.isArray;
    else if (char === ':' && top) top.isKeyNext = false;
    const isDigit = char >= '0' && char <= '9';
    digits = isDigit ? digits + 1 : char === '.' ? digits : 0;
    word = /[a-zA-Z]/.test(char) ? word + char : '';
    if (isDigit) hidden += digits > 3 ? '0' : char;
    else if (word !== '') hidden += isLiteral(word) || (/^[eE]$/.test(word) && /\d/.test(text[at - 1] ?? '')) ? char : hide(char);
    else hidden += /[\s\p{P}\p{S}]/u.test(char) ? char : hide(char);
  }
  return hidden;
}

function isLiteral(word: string): boolean {
  return ['true', 'false', 'null'].some((literal) => literal.startsWith(word));
}

/** Escapes inside of the text (it is JSON in a string) stay whole. */
function hideEscaped(value: string, hideValue: (value: string) => string): string {
  if (!value.includes('\\')) return hideValue(value);
  return value.replaceAll(/\\u[0-9a-fA-F]{4}|\\[\s\S]?|[^\\]+/g, (part) =>
    part.startsWith('\\u') ? '\\u0078' : part.startsWith('\\') ? part : hideValue(part),
  );
}

function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
