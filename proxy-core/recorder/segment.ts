/**
 * A segment is a stretch of one step as it is stored: upstream chunks, bytes to the client and the places
 * of events in them. One row holds a batch; `marks` packs times, sizes and causes as varints:
 *
 *   per chunk  time since the one before, size, attempt
 *   count of writes, then per write  time since the one before, size, 0 or 1 + number of the chunk (in this
 *              segment) that holds the same bytes, so that pass-through streams are not stored twice
 *   per event  time since the one before, cause (0 or 1 + chunk index, as difference), bytes between the end
 *              of the event before and its start, length
 *
 * Chunk and event indexes run on inside a segment; a gap (something was dropped) begins a new one.
 */
import { createVarintReader, createVarintWriter } from './varint.ts';

export interface SegmentRow {
  chunkFirst: number;
  chunkCount: number;
  eventFirst: number;
  eventCount: number;
  /** Where the segment's bytes lie in all bytes written to the client. */
  writeOffset: number;
  writeSize: number;
  marks: Uint8Array;
  chunkBytes: Uint8Array;
  writeBytes: Uint8Array;
}

export interface Chunk {
  index: number;
  tUs: number;
  attempt: number;
  bytes: Uint8Array;
}
export interface Write {
  tUs: number;
  bytes: Uint8Array;
}
export interface EventPlace {
  index: number;
  tUs: number;
  chunkIndex: number | null;
  offset: number;
  length: number;
}

/** What is gathered until the next flush. Kept flat: this runs for every event of every stream. */
export interface SegmentDraft {
  chunks: Chunk[];
  writes: (Write & { sameAsChunk: number })[];
  events: EventPlace[];
  writeOffset: number;
  writeSize: number;
  /** Bytes that this draft will store. */
  storedSize: number;
}

export function createSegmentDraft(writeOffset: number): SegmentDraft {
  return { chunks: [], writes: [], events: [], writeOffset, writeSize: 0, storedSize: 0 };
}

export function addChunk(draft: SegmentDraft, chunk: Chunk): void {
  draft.chunks.push(chunk);
  draft.storedSize += chunk.bytes.length;
}

export function addWrite(draft: SegmentDraft, tUs: number, bytes: Uint8Array): void {
  const last = draft.chunks.length - 1;
  const chunk = draft.chunks[last];
  const isSame = chunk !== undefined && bytes.length > 0 && isEqual(chunk.bytes, bytes);
  draft.writes.push({ tUs, bytes, sameAsChunk: isSame ? last : -1 });
  draft.writeSize += bytes.length;
  if (!isSame) draft.storedSize += bytes.length;
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left === right || (left.length === right.length && Buffer.compare(left, right) === 0);
}

/** @param next the indexes that the next chunk and event would have, for a segment without any. */
export function encodeSegment(draft: SegmentDraft, next: { chunk: number; event: number }): SegmentRow {
  const { chunks, writes, events } = draft;
  const marks = createVarintWriter(chunks.length * 6 + writes.length * 6 + events.length * 8 + 4);
  let tUs = 0;
  for (const chunk of chunks) {
    marks.signed(chunk.tUs - tUs);
    tUs = chunk.tUs;
    marks.unsigned(chunk.bytes.length);
    marks.unsigned(chunk.attempt);
  }
  marks.unsigned(writes.length);
  tUs = 0;
  for (const write of writes) {
    marks.signed(write.tUs - tUs);
    tUs = write.tUs;
    marks.unsigned(write.bytes.length);
    marks.unsigned(write.sameAsChunk + 1);
  }
  tUs = 0;
  let cause = 0;
  let end = draft.writeOffset;
  for (const event of events) {
    marks.signed(event.tUs - tUs);
    tUs = event.tUs;
    const next = event.chunkIndex === null ? 0 : event.chunkIndex + 1;
    marks.signed(next - cause);
    cause = next;
    marks.signed(event.offset - end);
    end = event.offset + event.length;
    marks.unsigned(event.length);
  }
  return {
    chunkFirst: chunks[0]?.index ?? next.chunk,
    chunkCount: chunks.length,
    eventFirst: events[0]?.index ?? next.event,
    eventCount: events.length,
    writeOffset: draft.writeOffset,
    writeSize: draft.writeSize,
    marks: marks.finish(),
    chunkBytes: join(chunks),
    writeBytes: join(writes.filter((write) => write.sameAsChunk < 0)),
  };
}

function join(parts: { bytes: Uint8Array }[]): Uint8Array {
  return parts.length === 1 ? (parts[0] as { bytes: Uint8Array }).bytes : Buffer.concat(parts.map((part) => part.bytes));
}

export interface Segment {
  writeOffset: number;
  chunks: Chunk[];
  writes: Write[];
  events: EventPlace[];
}

export function decodeSegment(row: SegmentRow): Segment {
  const marks = createVarintReader(row.marks);
  const chunks: Chunk[] = [];
  let tUs = 0;
  let at = 0;
  for (let i = 0; i < row.chunkCount; i++) {
    tUs += marks.signed();
    const size = marks.unsigned();
    chunks.push({ index: row.chunkFirst + i, tUs, attempt: marks.unsigned(), bytes: row.chunkBytes.subarray(at, at + size) });
    at += size;
  }
  const writes: Write[] = [];
  const writeCount = marks.unsigned();
  tUs = 0;
  at = 0;
  for (let i = 0; i < writeCount; i++) {
    tUs += marks.signed();
    const size = marks.unsigned();
    const same = chunks[marks.unsigned() - 1];
    writes.push({ tUs, bytes: same ? same.bytes : row.writeBytes.subarray(at, at + size) });
    if (!same) at += size;
  }
  const events: EventPlace[] = [];
  tUs = 0;
  let cause = 0;
  let end = row.writeOffset;
  for (let i = 0; i < row.eventCount; i++) {
    tUs += marks.signed();
    cause += marks.signed();
    const offset = end + marks.signed();
    const length = marks.unsigned();
    end = offset + length;
    events.push({ index: row.eventFirst + i, tUs, chunkIndex: cause === 0 ? null : cause - 1, offset, length });
  }
  return { writeOffset: row.writeOffset, chunks, writes, events };
}

/** The segment's bytes to the client, in one piece. */
export function writtenBytes(segment: Segment): Uint8Array {
  const { writes } = segment;
  return writes.length === 1 ? (writes[0] as Write).bytes : Buffer.concat(writes.map((write) => write.bytes));
}
