/**
 * Bytes to SSE frames, with where each frame lies in the bytes. The parser for what is inside a frame
 * is eventsource-parser (the one the AI SDK uses, so we see what it sees); it gives no byte offsets,
 * so the borders between frames are found here: LF, CRLF and CR, split anywhere, also inside UTF-8.
 * Each byte is looked at once, however small the chunks are.
 */
import { createParser, type EventSourceMessage } from 'eventsource-parser';

export interface SseFrame {
  /** The `event:` line; null when there is none. */
  event: string | null;
  /** The joined `data:` lines. */
  data: string;
  id: string | null;
  /** Where the frame lies in all bytes pushed so far, final blank line included. */
  offset: number;
  length: number;
  /** False for a last frame that the stream's end cut before its blank line: clients don't dispatch it. */
  terminated: boolean;
}

export interface FrameReader {
  /** Frames that these bytes completed. Blocks without data (comments, `retry:`) give none. */
  push(bytes: Uint8Array): SseFrame[];
  /** What is left at the end of the stream, as an unterminated frame. */
  end(): SseFrame[];
}

const LF = 10;
const CR = 13;

export function createFrameReader(): FrameReader {
  let pieces: Uint8Array[] = [];
  let frameOffset = 0;
  let total = 0;
  let isLineEmpty = true;
  let isAfterCr = false;
  let hasBegun = false;
  let message: EventSourceMessage | undefined;
  const parser = createParser({ onEvent: (event) => (message = event) });

  function parse(frame: Uint8Array, terminated: boolean): SseFrame | undefined {
    const raw = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('utf8');
    return parseText(raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw, frame.length, terminated);
  }

  function parseText(text: string, length: number, terminated: boolean): SseFrame | undefined {
    const plain = terminated ? parsePlain(text) : undefined;
    if (plain) {
      leaveBeginning();
      return { event: plain.event, data: plain.data, id: null, offset: frameOffset, length, terminated };
    }
    hasBegun = true;
    message = undefined;
    parser.feed(terminated ? text : `${text}\n\n`);
    if (!message) return undefined;
    const { event, data, id } = message as EventSourceMessage;
    return { event: event ?? null, data, id: id ?? null, offset: frameOffset, length, terminated };
  }

  /** The parser looks for a byte order mark in what it is fed first; what it is not fed moves the beginning on. */
  function leaveBeginning(): void {
    if (!hasBegun) parser.feed('\n');
    hasBegun = true;
  }

  function push(bytes: Uint8Array): SseFrame[] {
    const frames: SseFrame[] = [];
    const start = isAfterCr || bytes.includes(CR) ? pushAnyLineEnds(bytes, frames) : pushLineFeeds(bytes, frames);
    if (start < bytes.length) pieces.push(start === 0 ? bytes : bytes.subarray(start));
    total += bytes.length;
    return frames;
  }

  function complete(bytes: Uint8Array, frames: SseFrame[]): void {
    pieces.push(bytes);
    const whole = pieces.length === 1 ? bytes : Buffer.concat(pieces);
    pieces = [];
    const frame = parse(whole, true);
    if (frame) frames.push(frame);
    frameOffset += whole.length;
  }

  /** The common case: LF only. Returns where the unfinished frame begins in these bytes. */
  function pushLineFeeds(bytes: Uint8Array, frames: SseFrame[]): number {
    const start = pieces.length === 0 && isLineEmpty ? 0 : finishFrame(bytes, frames);
    return start === -1 ? 0 : start + pushWholeFrames(bytes.subarray(start), frames);
  }

  /** Leaps from line to line to the end of a frame that an earlier chunk began; -1 when it is not in these bytes. */
  function finishFrame(bytes: Uint8Array, frames: SseFrame[]): number {
    let lineStart = 0;
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, lineStart)) {
      lineStart = at + 1;
      if (at === 0 ? isLineEmpty : bytes[at - 1] === LF) {
        complete(bytes.subarray(0, lineStart), frames);
        isLineEmpty = true;
        return lineStart;
      }
    }
    if (bytes.length > 0) isLineEmpty = lineStart === bytes.length;
    return -1;
  }

  /** From the beginning of a frame on: all that are whole, decoded at once. Returns where the next one begins. */
  function pushWholeFrames(bytes: Uint8Array, frames: SseFrame[]): number {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const last = view.lastIndexOf('\n\n');
    let consumed = 0;
    if (last !== -1) {
      const text = view.toString('utf8', 0, last + 2);
      // With bytes that are no UTF-8 the text says nothing about their number.
      consumed = text.includes('\uFFFD') ? pushOneByOne(view.subarray(0, last + 2), frames) : pushText(text, last + 2, frames);
    }
    while (view[consumed] === LF) consumed = skipLineFeed(consumed);
    isLineEmpty = consumed === view.length || view[view.length - 1] === LF;
    return consumed;
  }

  function pushText(text: string, size: number, frames: SseFrame[]): number {
    const isAscii = text.length === size;
    let start = 0;
    while (start < text.length) {
      if (text.charCodeAt(start) === LF) {
        start = skipLineFeed(start);
        continue;
      }
      const end = text.indexOf('\n\n', start) + 2;
      const frame = text.slice(start, end);
      const length = isAscii ? frame.length : Buffer.byteLength(frame);
      const parsed = parseText(frame, length, true);
      if (parsed) frames.push(parsed);
      frameOffset += length;
      start = end;
    }
    return size;
  }

  function pushOneByOne(bytes: Uint8Array, frames: SseFrame[]): number {
    let start = 0;
    while (start < bytes.length) {
      if (bytes[start] === LF) start = skipLineFeed(start);
      else start += finishFrame(bytes.subarray(start), frames);
    }
    return start;
  }

  /** An empty line before a frame: it belongs to none. */
  function skipLineFeed(at: number): number {
    leaveBeginning();
    frameOffset += 1;
    return at + 1;
  }

  /** CR, CRLF and LF in any mixture. Returns where the unfinished frame begins in these bytes. */
  function pushAnyLineEnds(bytes: Uint8Array, frames: SseFrame[]): number {
    let start = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte === LF && isAfterCr) {
        // The LF of a CRLF; a frame that ended at its CR owns it when both came in one chunk.
        isAfterCr = false;
        if (start === i && pieces.length === 0) {
          start = i + 1;
          frameOffset += 1;
        }
        continue;
      }
      isAfterCr = byte === CR;
      if (byte !== LF && byte !== CR) {
        isLineEmpty = false;
        continue;
      }
      if (!isLineEmpty) {
        isLineEmpty = true;
        continue;
      }
      let end = i + 1;
      if (byte === CR && bytes[end] === LF) {
        end += 1;
        i += 1;
        isAfterCr = false;
      }
      complete(bytes.subarray(start, end), frames);
      start = end;
    }
    return start;
  }

  function end(): SseFrame[] {
    if (frameOffset >= total) return [];
    const frame = parse(Buffer.concat(pieces), false);
    pieces = [];
    frameOffset = total;
    return frame ? [frame] : [];
  }

  return { push, end };
}

/**
 * Nearly all frames are one `data: ` line, after an `event: ` line or none: these need no parser. Anything
 * else (several data lines, comments, ids, a field without its space) is undefined and goes to the parser.
 */
function parsePlain(frame: string): { event: string | null; data: string } | undefined {
  let event: string | null = null;
  let at = 0;
  if (frame.startsWith('event: ')) {
    const end = frame.indexOf('\n');
    event = frame.slice(7, end);
    at = end + 1;
    // An empty name is no name; only the parser knows all such cases.
    if (event === '') return undefined;
  }
  if (!frame.startsWith('data: ', at)) return undefined;
  const end = frame.indexOf('\n', at);
  return end === frame.length - 2 ? { event, data: frame.slice(at + 6, end) } : undefined;
}

/** All frames of a whole recorded body. */
export function readFrames(bytes: Uint8Array): SseFrame[] {
  const reader = createFrameReader();
  return [...reader.push(bytes), ...reader.end()];
}
