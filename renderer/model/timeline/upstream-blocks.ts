/**
 * What the upstream said, as far as the timeline draws it: content blocks with their first and last
 * chunk, pings, the stop reason. Puts together what the chunks say one by one. Pure and incremental.
 */
import type { ChunkFact, ChunkMark } from '../../../proxy-core/protocol/columns/chunk-facts.ts';
import { growUint8, valueAt } from '../columns.ts';

export interface UpstreamBlock {
  label: string;
  openChunk: number;
  /** -1 while it is open. */
  closeChunk: number;
}

export interface UpstreamBook {
  /** Per chunk, read by `chunkMark`. */
  marks: Uint8Array;
  blocks: UpstreamBlock[];
  stopReason: { label: string; chunk: number } | null;
  open: Map<string, UpstreamBlock>;
}

export function createUpstreamBook(): UpstreamBook {
  return { marks: new Uint8Array(0), blocks: [], stopReason: null, open: new Map() };
}

/** A chunk that says several things gets the last of these. */
const MARKS: readonly ChunkMark[] = ['other', 'delta', 'ping', 'start', 'end', 'close', 'open'];

export function chunkMark(book: UpstreamBook, chunk: number): ChunkMark {
  return MARKS[valueAt(book.marks, chunk)] ?? 'other';
}

/** The mark of a chunk that says nothing else and changes nothing: what almost all chunks are. Null for others. */
export function plainMark(facts: readonly ChunkFact[]): number | null {
  const [only] = facts;
  if (only === undefined) return 0;
  return facts.length === 1 && only.is === 'mark' ? MARKS.indexOf(only.mark) : null;
}

/** Takes in what one chunk says; returns the ids of the upstream's own that it names. */
export function placeChunk(book: UpstreamBook, index: number, facts: readonly ChunkFact[]): string[] {
  const ids: string[] = [];
  let rank = 0;
  for (const fact of facts) {
    if (fact.is === 'id') ids.push(fact.id);
    else rank = Math.max(rank, MARKS.indexOf(placeFact(book, index, fact)));
  }
  book.marks = growUint8(book.marks, index + 1);
  book.marks[index] = rank;
  return ids;
}

function placeFact(book: UpstreamBook, index: number, fact: Exclude<ChunkFact, { is: 'id' }>): ChunkMark {
  switch (fact.is) {
    case 'mark':
      return fact.mark;
    case 'open':
      openBlock(book, fact.key, fact.label, index);
      return 'open';
    case 'close':
      closeBlock(book, fact.key, index);
      return 'close';
    case 'content':
      return continueBlock(book, fact.label ?? book.blocks.at(-1)?.label ?? 'tool call', index);
    case 'stop':
      book.stopReason = { label: fact.label, chunk: index };
      if (fact.isLast) book.open.clear();
      return 'end';
  }
}

function openBlock(book: UpstreamBook, key: string, label: string, index: number): void {
  const block = { label, openChunk: index, closeChunk: -1 };
  book.blocks.push(block);
  book.open.set(key, block);
}

function closeBlock(book: UpstreamBook, key: string, index: number): void {
  const block = book.open.get(key);
  if (block !== undefined) block.closeChunk = index;
  book.open.delete(key);
}

/** Formats without block events: a block lasts as long as one kind of content keeps coming. */
function continueBlock(book: UpstreamBook, label: string, index: number): ChunkMark {
  const last = book.blocks.at(-1);
  if (last !== undefined && last.label === label && book.open.size > 0) {
    last.closeChunk = index;
    return 'delta';
  }
  book.open.clear();
  openBlock(book, 'only', label, index);
  return 'open';
}
