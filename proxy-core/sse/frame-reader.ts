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
  /** Frames that these bytes completed; nothing holds on to the bytes. Blocks without data (comments, `retry:`) give none. */
  push(bytes: Uint8Array): SseFrame[];
  /** What is left at the end of the stream, as an unterminated frame. */
  end(): SseFrame[];
}

const LF = 10;
const CR = 13;
/** Bytes decoded at once. In one long string a single accent makes all of it wide, which costs twice the time to parse. */
const BLOCK_BYTES = 8_192;

export function createFrameReader(): FrameReader {
  let pieces: Uint8Array[] = [];
  let frameOffset = 0;
  let total = 0;
  let isLineEmpty = true;
  let isAfterCr = false;
  let hasBegun = false;
  let lastName = '';
  let message: EventSourceMessage | undefined;
  const parser = createParser({ onEvent: (event) => (message = event) });

  function parse(text: string, length: number, terminated: boolean): SseFrame | undefined {
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
    // A copy: the bytes are the caller's again, and mostly a small part of a large buffer.
    if (start < bytes.length) pieces.push(new Uint8Array(bytes.subarray(start)));
    total += bytes.length;
    return frames;
  }

  function complete(bytes: Uint8Array, frames: SseFrame[]): void {
    pieces.push(bytes);
    const whole = pieces.length === 1 ? bytes : Buffer.concat(pieces);
    pieces = [];
    pushFrameAt(toText(whole), 0, whole.length, frames);
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

  /** From the beginning of a frame on: all that are whole, decoded block by block. Returns where the next one begins. */
  function pushWholeFrames(bytes: Uint8Array, frames: SseFrame[]): number {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let consumed = 0;
    for (let end = endOfBlock(view, 0); end !== -1; end = endOfBlock(view, consumed)) {
      const text = view.toString('utf8', consumed, end);
      // With bytes that are no UTF-8 the text says nothing about their number.
      if (text.includes('\uFFFD')) pushOneByOne(view.subarray(consumed, end), frames);
      else pushText(text, text.length === end - consumed ? 'ascii' : 'utf8', frames);
      consumed = end;
    }
    while (view[consumed] === LF) consumed = skipLineFeed(consumed);
    isLineEmpty = consumed === view.length || view[view.length - 1] === LF;
    return consumed;
  }

  function pushText(text: string, size: FrameSize, frames: SseFrame[]): void {
    for (let start = 0; start < text.length;) {
      if (text.charCodeAt(start) === LF) start = skipLineFeed(start);
      else start = pushFrameAt(text, start, size, frames);
    }
  }

  /**
   * Nearly all frames are one `data: ` line, after an `event: ` line or none: these need no parser. Anything
   * else (several data lines, comments, ids, a field without its space) goes there.
   */
  function pushFrameAt(text: string, start: number, size: FrameSize, frames: SseFrame[]): number {
    let at = start;
    let event: string | null = null;
    if (text.startsWith('event: ', start)) {
      event = nameAt(text, start + 7);
      at += 8 + event.length;
    }
    const lineEnd = text.indexOf('\n', at);
    // An empty name is no name; only the parser knows all such cases.
    const isPlain = event !== '' && text.startsWith('data: ', at) && text.charCodeAt(lineEnd + 1) === LF;
    const end = isPlain ? lineEnd + 2 : endOfFrame(text, start);
    const length = typeof size === 'number' ? size : size === 'ascii' ? end - start : Buffer.byteLength(text.slice(start, end));
    if (isPlain) {
      leaveBeginning();
      frames.push({ event, data: text.slice(at + 6, lineEnd), id: null, offset: frameOffset, length, terminated: true });
    } else {
      const frame = parse(text.slice(start, end), length, true);
      if (frame) frames.push(frame);
    }
    frameOffset += length;
    return end;
  }

  /** Most events have the name of the one before: that string again, instead of a copy. */
  function nameAt(text: string, at: number): string {
    if (text.startsWith(lastName, at) && text.charCodeAt(at + lastName.length) === LF) return lastName;
    // Through bytes, so that it is a string of its own and no view of a whole block.
    lastName = Buffer.from(text.slice(at, text.indexOf('\n', at))).toString();
    return lastName;
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
    const rest = Buffer.concat(pieces);
    const frame = parse(toText(rest), rest.length, false);
    pieces = [];
    frameOffset = total;
    return frame ? [frame] : [];
  }

  return { push, end };
}

function endOfFrame(text: string, start: number): number {
  const at = text.indexOf('\n\n', start);
  return at === -1 ? text.length : at + 2;
}

/** How many bytes a frame's text was: as many as it has characters, to be counted, or known. */
type FrameSize = 'ascii' | 'utf8' | number;

/** The parser and the short cuts want LF alone. */
function toText(frame: Uint8Array): string {
  const text = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('utf8');
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** Where the last frame ends that is whole within a block from `start` on, or else the first one; -1 when none is whole. */
function endOfBlock(view: Buffer, start: number): number {
  if (start >= view.length) return -1;
  const last = view.subarray(start, start + BLOCK_BYTES).lastIndexOf('\n\n');
  if (last !== -1) return start + last + 2;
  const next = view.indexOf('\n\n', start + BLOCK_BYTES - 1);
  return next === -1 ? -1 : next + 2;
}

/** All frames of a whole recorded body. */
export function readFrames(bytes: Uint8Array): SseFrame[] {
  const reader = createFrameReader();
  return [...reader.push(bytes), ...reader.end()];
}
