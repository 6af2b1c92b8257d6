/**
 * The words of a step's events: joined, in blocks of a fixed number of events, with where each one's end.
 * A million short texts are sixty long ones, and a search runs over those.
 */
import { growInt32, valueAt } from './columns.ts';

export interface TextColumn {
  count: number;
  blocks: { text: string; end: Int32Array }[];
}

const BLOCK = 16_384;

export function createTextColumn(): TextColumn {
  return { count: 0, blocks: [] };
}

/** @param ends where each text ends in `text`; those before `from` are left out. */
export function appendTexts(column: TextColumn, text: string, ends: Int32Array, from: number): void {
  let at = from;
  while (at < ends.length) {
    const used = column.count % BLOCK;
    const block = used === 0 ? addBlock(column) : column.blocks.at(-1)!;
    const take = Math.min(ends.length - at, BLOCK - used);
    const textStart = at === 0 ? 0 : valueAt(ends, at - 1);
    const shift = block.text.length - textStart;
    block.text += text.slice(textStart, valueAt(ends, at + take - 1));
    block.end = growInt32(block.end, used + take);
    for (let i = 0; i < take; i += 1) block.end[used + i] = valueAt(ends, at + i) + shift;
    column.count += take;
    at += take;
  }
}

function addBlock(column: TextColumn): TextColumn['blocks'][number] {
  const block = { text: '', end: new Int32Array(0) };
  column.blocks.push(block);
  return block;
}

/** The words of one event; empty outside. */
export function textAt(column: TextColumn, event: number): string {
  return textOf(column, event, event + 1);
}

/** The words of the events `from` up to `to`, joined. */
export function textOf(column: TextColumn, from: number, to: number): string {
  const parts: string[] = [];
  let at = Math.max(0, from);
  while (at < Math.min(to, column.count)) {
    const block = column.blocks[Math.floor(at / BLOCK)];
    if (block === undefined) break;
    const first = at % BLOCK;
    const take = Math.min(to, column.count) - at;
    const last = Math.min(BLOCK, first + take) - 1;
    parts.push(block.text.slice(first === 0 ? 0 : valueAt(block.end, first - 1), valueAt(block.end, last)));
    at += last + 1 - first;
  }
  return parts.length === 1 ? (parts[0] ?? '') : parts.join('');
}

/** Tells every event whose words contain `word` (in lower case), in order. */
export function findTexts(column: TextColumn, word: string, found: (event: number) => void): void {
  column.blocks.forEach((block, number) => {
    const length = Math.min(BLOCK, column.count - number * BLOCK);
    const lower = block.text.toLowerCase();
    const visit = (event: number): void => found(number * BLOCK + event);
    // A few letters grow in lower case: then the places are not those of the text.
    if (lower.length === block.text.length) findInJoined(lower, { end: block.end, length }, word, visit);
    else
      for (let i = 0; i < length; i += 1)
        if (
          textAt(column, number * BLOCK + i)
            .toLowerCase()
            .includes(word)
        )
          visit(i);
  });
}

function findInJoined(
  lower: string,
  { end, length }: { end: Int32Array; length: number },
  word: string,
  visit: (event: number) => void,
): void {
  let event = 0;
  let start = 0;
  for (let at = lower.indexOf(word); at >= 0 && event < length; at = lower.indexOf(word, at)) {
    while (event < length && valueAt(end, event) <= at) event += 1;
    start = event === 0 ? 0 : valueAt(end, event - 1);
    if (event < length && at >= start && at + word.length <= valueAt(end, event)) {
      visit(event);
      at = valueAt(end, event);
      event += 1;
    } else at += 1;
  }
}
