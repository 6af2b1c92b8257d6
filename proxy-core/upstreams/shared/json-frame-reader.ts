/**
 * Frames of an answer in whatever form the server gives it: SSE, as asked for; or one JSON object (a whole
 * answer of a server that doesn't stream, an error under status 200), or one JSON array that grows (Gemini
 * servers that ignore `alt=sse`). The first byte tells. Each object is one frame; bytes are looked at once.
 */
import { createFrameReader, type FrameReader, type SseFrame } from '../../sse/frame-reader.ts';

export function createAnyFrameReader(): FrameReader {
  let reader: FrameReader | undefined;
  let skipped = 0;

  function push(bytes: Uint8Array): SseFrame[] {
    if (reader) return reader.push(bytes);
    const start = bytes.findIndex((byte) => !WHITESPACE.has(byte));
    if (start === -1) {
      skipped += bytes.length;
      return [];
    }
    const isJson = bytes[start] === OPEN_LIST || bytes[start] === OPEN_OBJECT;
    reader = isJson ? createJsonReader(skipped) : createSseReader(skipped);
    return reader.push(bytes);
  }

  return { push, end: () => reader?.end() ?? [] };
}

/** Blank lines before SSE mean nothing, but they count for the places of the frames. */
function createSseReader(startOffset: number): FrameReader {
  const reader = createFrameReader();
  const move = (frames: SseFrame[]) => frames.map((frame) => ({ ...frame, offset: frame.offset + startOffset }));
  return startOffset === 0 ? reader : { push: (bytes) => move(reader.push(bytes)), end: () => move(reader.end()) };
}

const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const WHITESPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Cuts top-level objects out of an array (or a bare sequence) by counting braces outside of strings. */
function createJsonReader(startOffset: number): FrameReader {
  let offset = startOffset;
  let frameOffset = startOffset;
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let pieces: Uint8Array[] = [];

  function take(isTerminated: boolean): SseFrame {
    const whole = Buffer.concat(pieces);
    pieces = [];
    return { event: null, data: whole.toString('utf8'), id: null, offset: frameOffset, length: whole.length, terminated: isTerminated };
  }

  /** True when this byte ends a frame. */
  function look(byte: number): boolean {
    if (isInString) {
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) isInString = false;
      return false;
    }
    if (byte === QUOTE) isInString = depth > 0;
    else if (byte === OPEN_OBJECT || (byte === OPEN_LIST && depth > 0)) depth += 1;
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_LIST) && depth > 0) {
      depth -= 1;
      return depth === 0;
    }
    return false;
  }

  function push(bytes: Uint8Array): SseFrame[] {
    const frames: SseFrame[] = [];
    let start = 0;
    for (let i = 0; i < bytes.length; i++) {
      const wasOutside = depth === 0;
      const isEnd = look(bytes[i] as number);
      if (wasOutside && depth > 0) {
        start = i;
        frameOffset = offset + i;
      }
      if (!isEnd) continue;
      pieces.push(bytes.subarray(start, i + 1));
      frames.push(take(true));
    }
    if (depth > 0) pieces.push(bytes.subarray(start));
    offset += bytes.length;
    return frames;
  }

  return { push, end: () => (depth > 0 ? [take(false)] : []) };
}
