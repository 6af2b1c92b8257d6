/**
 * Reads the plain deltas that make up almost all of a stream without parsing their JSON: one object of
 * known keys, no escapes, one frame. Whatever else it meets it leaves to the parser, so what it says is
 * what the parser would have said.
 */
export interface FlatEvent {
  type: string;
  itemId: string | null;
  outputIndex: number | null;
  delta: string;
}

const DATA = 'data: {';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const CLOSE_BRACE = 0x7d;
const LF = 0x0a;
const MAX_DIGITS = 9;

type Field = { key: string; is: 'string' | 'integer' | 'empty'; to: keyof FlatEvent | null };

const FIELDS: readonly Field[] = [
  { key: '"type":', is: 'string', to: 'type' },
  { key: '"sequence_number":', is: 'integer', to: null },
  { key: '"item_id":', is: 'string', to: 'itemId' },
  { key: '"output_index":', is: 'integer', to: 'outputIndex' },
  { key: '"content_index":', is: 'integer', to: null },
  { key: '"summary_index":', is: 'integer', to: null },
  { key: '"delta":', is: 'string', to: 'delta' },
  { key: '"logprobs":', is: 'empty', to: null },
  { key: '"obfuscation":', is: 'string', to: null },
];

/**
 * @param text holds one SSE frame, blank line included, from `start` to `end`.
 * @returns undefined for all that has to be parsed.
 */
export function readFlatEvent(text: string, start: number, end: number): FlatEvent | undefined {
  let at = dataStart(text, start);
  if (at < 0) return undefined;
  const event: FlatEvent = { type: '', itemId: null, outputIndex: null, delta: '' };
  for (;;) {
    const field = fieldAt(text, at);
    if (field === undefined) return undefined;
    const from = skipSpace(text, at + field.key.length);
    at = valueEnd(text, from, field.is);
    if (at < 0) return undefined;
    if (field.to === 'outputIndex') event.outputIndex = Number(text.slice(from, at));
    else if (field.to !== null) event[field.to] = text.slice(from + 1, at - 1);
    const next = text.charCodeAt(at);
    if (next === CLOSE_BRACE) break;
    if (next !== COMMA) return undefined;
    at = skipSpace(text, at + 1);
  }
  const isWhole = at + 3 === end && text.charCodeAt(at + 1) === LF && text.charCodeAt(at + 2) === LF;
  return isWhole && event.type.endsWith('.delta') ? event : undefined;
}

/** Where the object's first key begins; -1 when the frame is not one optional `event:` and one `data:` line. */
function dataStart(text: string, start: number): number {
  let line = start;
  if (text.startsWith('event: ', start)) {
    while (text.charCodeAt(line) >= SPACE) line += 1;
    if (text.charCodeAt(line) !== LF) return -1;
    line += 1;
  }
  return text.startsWith(DATA, line) ? line + DATA.length : -1;
}

function fieldAt(text: string, at: number): Field | undefined {
  const letter = text.charCodeAt(at + 1);
  for (const field of FIELDS) if (field.key.charCodeAt(1) === letter && text.startsWith(field.key, at)) return field;
  return undefined;
}

function skipSpace(text: string, at: number): number {
  return text.charCodeAt(at) === SPACE ? at + 1 : at;
}

/** Behind the value; -1 when it is none of this kind, or one with escapes. */
function valueEnd(text: string, at: number, is: Field['is']): number {
  if (is === 'string') return stringEnd(text, at);
  if (is === 'integer') return integerEnd(text, at);
  return text.startsWith('[]', at) ? at + 2 : -1;
}

function stringEnd(text: string, start: number): number {
  if (text.charCodeAt(start) !== QUOTE) return -1;
  for (let at = start + 1; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    // NaN, behind the end of the text, is not greater either
    if (!(code >= SPACE) || code === BACKSLASH) return -1;
  }
}

function integerEnd(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE) at += 1;
  const digits = at - start;
  const isPlain = digits === 1 || (digits > 1 && digits <= MAX_DIGITS && text.charCodeAt(start) !== ZERO);
  return isPlain ? at : -1;
}
