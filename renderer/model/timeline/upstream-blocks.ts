/**
 * What the upstream said, as far as the timeline draws it: content blocks with their first and last
 * chunk, pings, the stop reason. Reads Anthropic, Chat Completions, Gemini and Responses streams by the
 * looks of each data line; an unknown line is a plain chunk. Pure and incremental.
 */
import { asArray, asObject, asString, isObject, parseJsonObject, type JsonObject } from '../../../proxy-core/protocol/json.ts';

export type ChunkMark = 'start' | 'open' | 'delta' | 'close' | 'ping' | 'end' | 'other';

export interface UpstreamBlock {
  label: string;
  openChunk: number;
  /** -1 while it is open. */
  closeChunk: number;
}

export interface UpstreamBook {
  marks: ChunkMark[];
  blocks: UpstreamBlock[];
  stopReason: { label: string; chunk: number } | null;
  open: Map<string, UpstreamBlock>;
  /** The unfinished last line. */
  rest: string;
}

export function createUpstreamBook(): UpstreamBook {
  return { marks: [], blocks: [], stopReason: null, open: new Map(), rest: '' };
}

const RANK: Record<ChunkMark, number> = { other: 0, delta: 1, ping: 2, start: 3, end: 4, close: 5, open: 6 };

/** Reads one chunk; returns the ids of the upstream's own that it names. */
export function placeChunk(book: UpstreamBook, index: number, text: string): string[] {
  const lines = (book.rest + text).split('\n');
  book.rest = lines.pop() ?? '';
  if (book.rest.length > 1_000_000) book.rest = '';
  let mark: ChunkMark = 'other';
  const ids: string[] = [];
  for (const line of lines) {
    if (!line.startsWith('data:')) continue;
    const data = parseJsonObject(line.slice(5));
    if (data === undefined) continue;
    const seen = readData(book, index, data, ids);
    if (RANK[seen] > RANK[mark]) mark = seen;
  }
  book.marks[index] = mark;
  return ids;
}

function readData(book: UpstreamBook, index: number, data: JsonObject, ids: string[]): ChunkMark {
  const type = asString(data['type']);
  if (type !== undefined && type.startsWith('response.')) return readResponses(book, index, data, ids);
  if (type !== undefined) return readAnthropic(book, index, data, ids);
  if (Array.isArray(data['choices'])) return readChat(book, index, data, ids);
  if (Array.isArray(data['candidates'])) return readGemini(book, index, data);
  return 'other';
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

function readAnthropic(book: UpstreamBook, index: number, data: JsonObject, ids: string[]): ChunkMark {
  const key = String(data['index']);
  switch (data['type']) {
    case 'message_start': {
      const id = asString(asObject(data['message'])['id']);
      if (id !== undefined) ids.push(id);
      return 'start';
    }
    case 'content_block_start': {
      const block = asObject(data['content_block']);
      const id = asString(block['id']);
      if (id !== undefined) ids.push(id);
      openBlock(book, key, asString(block['name']) ?? asString(block['type']) ?? 'block', index);
      return 'open';
    }
    case 'content_block_delta':
      return 'delta';
    case 'content_block_stop':
      closeBlock(book, key, index);
      return 'close';
    case 'message_delta': {
      const label = asString(asObject(data['delta'])['stop_reason']);
      if (label !== undefined) book.stopReason = { label, chunk: index };
      return 'end';
    }
    case 'message_stop':
      return 'end';
    case 'ping':
      return 'ping';
    default:
      return 'other';
  }
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

function readChat(book: UpstreamBook, index: number, data: JsonObject, ids: string[]): ChunkMark {
  const id = asString(data['id']);
  if (id !== undefined && book.marks.length === 0) ids.push(id);
  let mark: ChunkMark = 'other';
  for (const choice of asArray(data['choices'])) {
    const delta = asObject(asObject(choice)['delta']);
    const call = asObject(asArray(delta['tool_calls'])[0]);
    if (asString(delta['reasoning_content']) ?? asString(delta['reasoning'])) mark = continueBlock(book, 'thinking', index);
    else if (asString(delta['content'])) mark = continueBlock(book, 'text', index);
    else if (isObject(call['function'])) {
      const callId = asString(call['id']);
      if (callId !== undefined) ids.push(callId);
      mark = continueBlock(book, asString(call['function']['name']) ?? book.blocks.at(-1)?.label ?? 'tool call', index);
    }
    const stop = asString(asObject(choice)['finish_reason']);
    if (stop !== undefined) {
      book.stopReason = { label: stop, chunk: index };
      book.open.clear();
      mark = 'end';
    }
  }
  return mark;
}

function readGemini(book: UpstreamBook, index: number, data: JsonObject): ChunkMark {
  let mark: ChunkMark = 'other';
  for (const candidate of asArray(data['candidates'])) {
    for (const part of asArray(asObject(asObject(candidate)['content'])['parts'])) {
      const shape = asObject(part);
      const label = isObject(shape['functionCall'])
        ? (asString(shape['functionCall']['name']) ?? 'call')
        : shape['thought'] === true
          ? 'thinking'
          : 'text';
      mark = continueBlock(book, label, index);
    }
    const stop = asString(asObject(candidate)['finishReason']);
    if (stop !== undefined) book.stopReason = { label: stop, chunk: index };
  }
  return mark;
}

function readResponses(book: UpstreamBook, index: number, data: JsonObject, ids: string[]): ChunkMark {
  const type = asString(data['type']) ?? '';
  const item = asObject(data['item']);
  const key = String(data['output_index']);
  if (type === 'response.output_item.added') {
    const id = asString(item['id']);
    if (id !== undefined) ids.push(id);
    openBlock(book, key, asString(item['name']) ?? asString(item['type']) ?? 'item', index);
    return 'open';
  }
  if (type === 'response.output_item.done') {
    closeBlock(book, key, index);
    return 'close';
  }
  if (type.endsWith('.delta')) return 'delta';
  if (type === 'response.created') return 'start';
  if (type === 'response.completed' || type === 'response.failed' || type === 'response.incomplete') {
    book.stopReason = { label: type.slice(9), chunk: index };
    return 'end';
  }
  return 'other';
}
