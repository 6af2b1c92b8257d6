/**
 * Reads the plain deltas that make up almost all of a stream without parsing their JSON: one object of
 * known keys, no escapes, one frame. Whatever else it meets it leaves to the parser, so what it says is
 * what the parser would have said. A delta mostly looks like the one before it but for its number and its
 * text, so that is tried first.
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

type Field = { key: string; is: 'string' | 'integer' | 'empty'; to: keyof FlatEvent | null; isVaried?: true };

const FIELDS: readonly Field[] = [
  { key: '"type":', is: 'string', to: 'type' },
  { key: '"sequence_number":', is: 'integer', to: null, isVaried: true },
  { key: '"item_id":', is: 'string', to: 'itemId' },
  { key: '"output_index":', is: 'integer', to: 'outputIndex' },
  { key: '"content_index":', is: 'integer', to: null },
  { key: '"summary_index":', is: 'integer', to: null },
  { key: '"delta":', is: 'string', to: 'delta', isVaried: true },
  { key: '"logprobs":', is: 'empty', to: null },
  { key: '"obfuscation":', is: 'string', to: null, isVaried: true },
];

/** What one delta has in common with the next: the text around the values that differ. */
interface Shape {
  event: FlatEvent;
  pieces: string[];
  /** The values between the pieces. */
  values: Field[];
}

export interface FlatReader {
  /**
   * @param text holds one SSE frame, blank line included, from `start` to `end`.
   * @returns undefined for all that has to be parsed.
   */
  read(text: string, start: number, end: number): FlatEvent | undefined;
}

export function createFlatReader(): FlatReader {
  let shape: Shape | undefined;

  function readLikeLast({ event, pieces, values }: Shape, text: string, start: number, end: number): FlatEvent | undefined {
    let at = start;
    let delta = event.delta;
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i] as string;
      // compared as one, five times as fast as startsWith
      if (text.slice(at, at + piece.length) !== piece) return undefined;
      at += piece.length;
      const value = values[i];
      if (value === undefined) break;
      const from = at;
      at = valueEnd(text, from, value.is);
      if (at < 0) return undefined;
      if (value.to === 'delta') delta = text.slice(from + 1, at - 1);
    }
    return at === end ? { type: event.type, itemId: event.itemId, outputIndex: event.outputIndex, delta } : undefined;
  }

  return {
    read(text, start, end) {
      const alike = shape && readLikeLast(shape, text, start, end);
      if (alike) return alike;
      shape = readShape(text, start, end) ?? shape;
      return shape && readLikeLast(shape, text, start, end);
    },
  };
}

function readShape(text: string, start: number, end: number): Shape | undefined {
  let at = dataStart(text, start);
  if (at < 0) return undefined;
  const shape: Shape = { event: { type: '', itemId: null, outputIndex: null, delta: '' }, pieces: [], values: [] };
  const { event, pieces, values } = shape;
  let pieceStart = start;
  for (;;) {
    const field = fieldAt(text, at);
    if (field === undefined) return undefined;
    const from = skipSpace(text, at + field.key.length);
    at = valueEnd(text, from, field.is);
    if (at < 0) return undefined;
    if (field.isVaried) {
      pieces.push(text.slice(pieceStart, from));
      values.push(field);
      pieceStart = at;
    } else if (field.to === 'outputIndex') event.outputIndex = Number(text.slice(from, at));
    else if (field.to !== null) event[field.to] = text.slice(from + 1, at - 1);
    const next = text.charCodeAt(at);
    if (next === CLOSE_BRACE) break;
    if (next !== COMMA) return undefined;
    at = skipSpace(text, at + 1);
  }
  const isWhole = at + 3 === end && text.charCodeAt(at + 1) === LF && text.charCodeAt(at + 2) === LF;
  if (!isWhole || !event.type.endsWith('.delta')) return undefined;
  pieces.push(text.slice(pieceStart, end));
  return shape;
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
