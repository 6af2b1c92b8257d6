/**
 * Opens a recorded body (SSE, JSON, one JSON a line, anything else) into the texts that people wrote and
 * models said, each of which can be replaced by one of the same length. Texts that were streamed in pieces
 * are one text here: what is hidden must be hidden across the borders of deltas, too.
 */
import { asArray, asNumber, asObject, asString, parseJson, parseJsonObject, type JsonObject } from '../../protocol/json.ts';
import { reescape, scanJson, unescape, type JsonToken, type PathPart } from './json-tokens.ts';

export interface BodyText {
  readonly text: string;
  /** Where it stands in its JSON; empty for what is no JSON. */
  readonly path: readonly PathPart[];
  /** The `type` of its event or document. */
  readonly type: string;
  readonly kind: 'string' | 'number' | 'raw' | 'comment';
  /** False when the text stands in the body in pieces or with escapes, so that a search of the body misses it. */
  readonly isAsWritten: boolean;
  /** @param text of the same number of UTF-16 units, each as long in UTF-8 as the one it replaces. */
  replace(text: string): void;
}

export interface OpenBody {
  texts: BodyText[];
  /** The body with its replacements; as long as before. */
  finish(): Uint8Array;
}

interface Edit {
  start: number;
  raw: string;
}
/** A stretch of the body that holds one JSON; of a frame with several data lines the stretches are joined. */
interface Stretch {
  start: number;
  end: number;
}

/** @param groupBy what tells deltas of different items apart: some gateways change the ids, some reuse the indexes. */
export function openBody(bytes: Uint8Array, groupBy: 'index' | 'item' = 'index'): OpenBody {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = view.toString('utf8');
  // Bytes that are no UTF-8 are kept as they are: one unit each.
  const encoding = Buffer.byteLength(utf8) === view.length && !utf8.includes('\uFFFD') ? 'utf8' : 'latin1';
  const source = encoding === 'utf8' ? utf8 : view.toString('latin1');
  const edits: Edit[] = [];
  const texts: BodyText[] = [];
  const streamed = new Map<string, Piece[]>();

  for (const stretches of findStretches(source)) {
    if (stretches.kind === 'json') openJson(stretches.parts);
    else openRaw(stretches.parts, stretches.kind);
  }
  for (const pieces of streamed.values()) texts.push(toText(pieces));
  return { texts, finish: () => Buffer.from(applyEdits(source, edits), encoding) };

  function openRaw(parts: Stretch[], kind: 'raw' | 'comment'): void {
    for (const { start, end } of parts) {
      if (end > start)
        texts.push({
          text: source.slice(start, end),
          path: [],
          type: '',
          kind,
          isAsWritten: true,
          replace: (raw) => edits.push({ start, raw }),
        });
    }
  }

  function openJson(parts: Stretch[]): void {
    const joined = parts.map(({ start, end }) => source.slice(start, end)).join('\n');
    const json = parseJsonObject(joined) ?? {};
    const type = asString(json['type']) ?? '';
    for (const token of scanJson(joined)) {
      const piece: Piece = {
        token,
        type,
        raw: joined.slice(token.start, token.end),
        write: (raw) => edits.push(...place(token.start, raw, parts)),
      };
      const group = token.kind === 'string' ? toStreamKey(token.path, { json, type, groupBy }) : undefined;
      const open = group === undefined ? undefined : streamed.get(group);
      if (open) open.push(piece);
      else if (group === undefined) texts.push(toText([piece]));
      else streamed.set(group, [piece]);
    }
  }
}

interface Piece {
  token: JsonToken;
  type: string;
  raw: string;
  write(raw: string): void;
}

function toText(pieces: readonly Piece[]): BodyText {
  const [first] = pieces as [Piece];
  const parts = pieces.map(({ raw, token }) => (token.kind === 'string' ? unescape(raw) : raw));
  return {
    text: parts.join(''),
    path: first.token.path,
    type: first.type,
    kind: first.token.kind,
    isAsWritten: pieces.length === 1 && parts[0] === first.raw,
    replace(text) {
      let at = 0;
      pieces.forEach((piece, index) => {
        const length = (parts[index] as string).length;
        const own = text.slice(at, at + length);
        at += length;
        piece.write(piece.token.kind === 'string' ? reescape(piece.raw, own) : own);
      });
    },
  };
}

/** Deltas of one text have one key; undefined for a string that stands for itself. */
function toStreamKey(
  path: readonly PathPart[],
  { json, type, groupBy }: { json: JsonObject; type: string; groupBy: 'index' | 'item' },
): string | undefined {
  const last = path.at(-1);
  if (path.length === 1 && last === 'delta' && type.endsWith('.delta')) {
    const part = asNumber(json['content_index']) ?? asNumber(json['summary_index']) ?? 0;
    const names = [asNumber(json['output_index']), asString(json['item_id'])];
    const item = groupBy === 'index' ? (names[0] ?? names[1]) : (names[1] ?? names[0]);
    return `${type} ${item ?? ''} ${part}`;
  }
  if (type === 'content_block_delta' && path[0] === 'delta' && path.length === 2 && last !== 'type')
    return `${asNumber(json['index']) ?? 0} ${last}`;
  const [list, position, inner] = path;
  if (list === 'choices' && inner === 'delta' && typeof position === 'number') {
    const choice = asObject(asArray(json['choices'])[position]);
    const place = asNumber(choice['index']) ?? position;
    if (path.length === 4 && (last === 'content' || last === 'refusal' || String(last).startsWith('reasoning')))
      return `choice ${place} ${last}`;
    if (last !== 'arguments' || typeof path[4] !== 'number') return undefined;
    const call = asObject(asArray(asObject(choice['delta'])['tool_calls'])[path[4]]);
    return `choice ${place} call ${asNumber(call['index']) ?? path[4]}`;
  }
  if (list === 'candidates' && last === 'text') {
    const part = asObject(
      path.slice(0, -1).reduce<unknown>((value, key) => (value as { [key: PathPart]: unknown } | undefined)?.[key], json),
    );
    return `candidate ${position} ${part['thought'] === true ? 'thought' : 'text'}`;
  }
  return undefined;
}

type Found = { kind: 'json' | 'raw' | 'comment'; parts: Stretch[] };

function findStretches(source: string): Found[] {
  const whole: Stretch = { start: 0, end: source.length };
  if (/^\s*[{[]/.test(source)) {
    if (parseJson(source) !== undefined) return [{ kind: 'json', parts: [whole] }];
    if (!/^(?:data|event):/m.test(source)) return linesOf(source).map((line) => ({ kind: 'json', parts: [line] }));
  }
  if (!/^(?:data|event|id|retry|:)/m.test(source)) return [{ kind: 'raw', parts: [whole] }];
  return findFrames(source);
}

function linesOf(source: string): Stretch[] {
  const lines: Stretch[] = [];
  for (const match of source.matchAll(/[^\r\n]+/g)) lines.push({ start: match.index, end: match.index + match[0].length });
  return lines;
}

function findFrames(source: string): Found[] {
  const found: Found[] = [];
  let data: Stretch[] = [];
  const endFrame = (): void => {
    const isJson = data.length > 0 && /^\s*["{[]/.test(source.slice(data[0]?.start, data[0]?.end)) && !isDone(source, data);
    if (data.length > 0 && !isDone(source, data)) found.push({ kind: isJson ? 'json' : 'raw', parts: data });
    data = [];
  };
  for (const match of source.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)) {
    const line = match[1] as string;
    const end = match.index + line.length;
    const field = /^(\uFEFF?data): ?/.exec(line);
    if (line === '') endFrame();
    else if (field) data.push({ start: match.index + field[0].length, end });
    else if (line.startsWith(':')) found.push({ kind: 'comment', parts: [{ start: match.index + 1, end }] });
    else if (!/^\uFEFF?(?:event|id|retry|data)(?::|$)/.test(line)) found.push({ kind: 'raw', parts: [{ start: match.index, end }] });
  }
  endFrame();
  return found;
}

function isDone(source: string, data: readonly Stretch[]): boolean {
  return data.length === 1 && source.slice(data[0]?.start, data[0]?.end).trim() === '[DONE]';
}

/** From a place in the joined text to places in the body, cut at the joins. */
function place(start: number, raw: string, parts: readonly Stretch[]): Edit[] {
  const edits: Edit[] = [];
  let before = 0;
  for (const part of parts) {
    const length = part.end - part.start;
    const from = Math.max(start, before);
    const to = Math.min(start + raw.length, before + length);
    if (from < to) edits.push({ start: part.start + from - before, raw: raw.slice(from - start, to - start) });
    before += length + 1;
  }
  return edits;
}

function applyEdits(source: string, edits: Edit[]): string {
  const sorted = edits.toSorted((a, b) => a.start - b.start);
  const parts: string[] = [];
  let at = 0;
  for (const { start, raw } of sorted) {
    if (start < at) continue;
    parts.push(source.slice(at, start), raw);
    at = start + raw.length;
  }
  parts.push(source.slice(at));
  return parts.join('');
}
