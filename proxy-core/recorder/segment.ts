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
import { createByteList, type ByteList } from './byte-list.ts';
import { createVarintReader, createVarintWriter, type VarintWriter } from './varint.ts';

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

/**
 * What is gathered until the next flush, packed as it comes: this runs for every event of every stream, and
 * objects that wait for the flush would be the garbage collector's work. Bytes are copied, because a chunk
 * of a hundred bytes mostly is a view into a network buffer of 64 KB.
 */
export interface SegmentDraft {
  /** Index of the first chunk and event; null while there is none. */
  chunkFirst: number | null;
  eventFirst: number | null;
  chunkCount: number;
  writeCount: number;
  eventCount: number;
  writeOffset: number;
  writeSize: number;
  /** Bytes that this draft will store. */
  storedSize: number;
  chunkMarks: VarintWriter;
  writeMarks: VarintWriter;
  eventMarks: VarintWriter;
  chunkBytes: ByteList;
  writeBytes: ByteList;
  /** What the next marks are differences to. */
  lastChunk: { tUs: number; size: number };
  lastWriteUs: number;
  lastEvent: { tUs: number; cause: number; end: number };
}

export function createSegmentDraft(writeOffset: number): SegmentDraft {
  return {
    chunkFirst: null,
    eventFirst: null,
    chunkCount: 0,
    writeCount: 0,
    eventCount: 0,
    writeOffset,
    writeSize: 0,
    storedSize: 0,
    chunkMarks: createVarintWriter(128),
    writeMarks: createVarintWriter(128),
    eventMarks: createVarintWriter(256),
    chunkBytes: createByteList(),
    writeBytes: createByteList(),
    lastChunk: { tUs: 0, size: 0 },
    lastWriteUs: 0,
    lastEvent: { tUs: 0, cause: 0, end: writeOffset },
  };
}

export function addChunk(draft: SegmentDraft, { index, tUs, attempt, bytes }: Chunk): void {
  const { lastChunk } = draft;
  draft.chunkFirst ??= index;
  draft.chunkCount += 1;
  draft.chunkMarks.signed(tUs - lastChunk.tUs);
  draft.chunkMarks.unsigned(bytes.length);
  draft.chunkMarks.unsigned(attempt);
  draft.chunkBytes.append(bytes);
  draft.storedSize += bytes.length;
  lastChunk.tUs = tUs;
  lastChunk.size = bytes.length;
}

export function addWrite(draft: SegmentDraft, tUs: number, bytes: Uint8Array): void {
  const isSame =
    draft.chunkCount > 0 && bytes.length > 0 && draft.lastChunk.size === bytes.length && endsWith(draft.chunkBytes.view(), bytes);
  draft.writeCount += 1;
  draft.writeMarks.signed(tUs - draft.lastWriteUs);
  draft.writeMarks.unsigned(bytes.length);
  draft.writeMarks.unsigned(isSame ? draft.chunkCount : 0);
  draft.lastWriteUs = tUs;
  draft.writeSize += bytes.length;
  if (isSame) return;
  draft.writeBytes.append(bytes);
  draft.storedSize += bytes.length;
}

export function addEvent(draft: SegmentDraft, { index, tUs, chunkIndex, offset, length }: EventPlace): void {
  const { lastEvent } = draft;
  const cause = chunkIndex === null ? 0 : chunkIndex + 1;
  draft.eventFirst ??= index;
  draft.eventCount += 1;
  draft.eventMarks.signed(tUs - lastEvent.tUs);
  draft.eventMarks.signed(cause - lastEvent.cause);
  draft.eventMarks.signed(offset - lastEvent.end);
  draft.eventMarks.unsigned(length);
  lastEvent.tUs = tUs;
  lastEvent.cause = cause;
  lastEvent.end = offset + length;
}

function endsWith(whole: Uint8Array, end: Uint8Array): boolean {
  return Buffer.compare(whole.subarray(whole.length - end.length), end) === 0;
}

/** Changes nothing in the draft. @param next the indexes that the next chunk and event would have, for a segment without any. */
export function encodeSegment(draft: SegmentDraft, next: { chunk: number; event: number }): SegmentRow {
  const writeCount = createVarintWriter(16);
  writeCount.unsigned(draft.writeCount);
  return {
    chunkFirst: draft.chunkFirst ?? next.chunk,
    chunkCount: draft.chunkCount,
    eventFirst: draft.eventFirst ?? next.event,
    eventCount: draft.eventCount,
    writeOffset: draft.writeOffset,
    writeSize: draft.writeSize,
    marks: Buffer.concat([draft.chunkMarks.finish(), writeCount.finish(), draft.writeMarks.finish(), draft.eventMarks.finish()]),
    chunkBytes: draft.chunkBytes.view(),
    writeBytes: draft.writeBytes.view(),
  };
}

/** It was written: its buffers may serve others. */
export function releaseSegment(draft: SegmentDraft): void {
  draft.chunkBytes.release();
  draft.writeBytes.release();
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
