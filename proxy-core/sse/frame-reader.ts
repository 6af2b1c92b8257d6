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
  let message: EventSourceMessage | undefined;
  const parser = createParser({ onEvent: (event) => (message = event) });

  function parse(frame: Uint8Array, terminated: boolean): SseFrame | undefined {
    const raw = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('utf8');
    const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
    message = undefined;
    parser.feed(terminated ? text : `${text}\n\n`);
    if (!message) return undefined;
    const { event, data, id } = message as EventSourceMessage;
    return { event: event ?? null, data, id: id ?? null, offset: frameOffset, length: frame.length, terminated };
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

  /** The common case: LF only. Leaps from line to line instead of looking at each byte. */
  function pushLineFeeds(bytes: Uint8Array, frames: SseFrame[]): number {
    let start = 0;
    let lineStart = 0;
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, lineStart)) {
      if (at === lineStart && isLineEmpty) {
        complete(bytes.subarray(start, at + 1), frames);
        start = at + 1;
      }
      lineStart = at + 1;
      isLineEmpty = true;
    }
    if (lineStart < bytes.length) isLineEmpty = false;
    return start;
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

/** All frames of a whole recorded body. */
export function readFrames(bytes: Uint8Array): SseFrame[] {
  const reader = createFrameReader();
  return [...reader.push(bytes), ...reader.end()];
}
