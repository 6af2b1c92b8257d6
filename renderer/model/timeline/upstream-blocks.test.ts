import { describe, expect, it } from 'vitest';
import { toChunkColumns } from '../example-rows.ts';
import { chunkMark, createUpstreamBook, placeChunk, type UpstreamBook } from './upstream-blocks.ts';

/** The chunks through the bridge's reader into the book; gives the ids they name. */
function read(book: UpstreamBook, texts: readonly string[]): string[] {
  const { fact, facts } = toChunkColumns(texts.map((text, index) => ({ index, tUs: index, size: text.length, text })));
  return texts.flatMap((_, index) => placeChunk(book, index, facts[fact[index]!]!));
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

describe('upstream blocks', () => {
  it('reads Anthropic blocks, pings and the stop reason', () => {
    const book = createUpstreamBook();
    const chunks = [
      data({ type: 'message_start', message: { id: 'msg_01' } }),
      data({ type: 'content_block_start', index: 0, content_block: { type: 'thinking' } }),
      data({ type: 'ping' }),
      data({ type: 'content_block_delta', index: 0, delta: {} }),
      data({ type: 'content_block_stop', index: 0 }),
      data({ type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'toolu_1', name: 'get_weather' } }),
      data({ type: 'message_delta', delta: { stop_reason: 'tool_use' } }),
    ];
    const ids = read(book, chunks);
    expect(ids).toEqual(['msg_01', 'toolu_1']);
    expect(chunks.map((_, i) => chunkMark(book, i))).toEqual(['start', 'open', 'ping', 'delta', 'close', 'open', 'end']);
    expect(book.blocks).toEqual([
      { label: 'thinking', openChunk: 1, closeChunk: 4 },
      { label: 'get_weather', openChunk: 5, closeChunk: -1 },
    ]);
    expect(book.stopReason).toEqual({ label: 'tool_use', chunk: 6 });
  });
  it('reads a line that two chunks share', () => {
    const book = createUpstreamBook();
    const text = data({ type: 'content_block_start', index: 0, content_block: { type: 'text' } });
    read(book, [text.slice(0, 20), text.slice(20)]);
    expect(book.blocks).toEqual([{ label: 'text', openChunk: 1, closeChunk: -1 }]);
  });
  it('makes blocks of Chat Completions and Gemini by what keeps coming', () => {
    const chat = createUpstreamBook();
    read(chat, [
      data({ id: 'chatcmpl-1', choices: [{ delta: { reasoning_content: 'a' } }] }),
      data({ choices: [{ delta: { content: 'b' } }] }),
      data({ choices: [{ delta: { content: 'c' } }] }),
      data({ choices: [{ delta: {}, finish_reason: 'stop' }] }),
    ]);
    expect(chat.blocks.map((block) => [block.label, block.openChunk, block.closeChunk])).toEqual([
      ['thinking', 0, -1],
      ['text', 1, 2],
    ]);
    const gemini = createUpstreamBook();
    read(gemini, [
      data({ candidates: [{ content: { parts: [{ text: 'x', thought: true }] } }] }),
      data({ candidates: [{ content: { parts: [{ functionCall: { name: 'f' } }] }, finishReason: 'STOP' }] }),
    ]);
    expect(gemini.blocks.map((block) => block.label)).toEqual(['thinking', 'f']);
  });
});
