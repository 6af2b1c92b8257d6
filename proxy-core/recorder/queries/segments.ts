/** Reads the packed segments of one step: by chunk, by event, by byte. The only reader of that table. */
import type { ReadableDatabase } from '../database.ts';
import { decodeSegment, type Segment, type SegmentRow, writtenBytes } from '../segment.ts';

export interface SegmentReader {
  /** Segments in order that hold chunks after `after`; stop iterating to stop reading. */
  withChunks(stepNo: number, after: number): IterableIterator<Segment>;
  withEvents(stepNo: number, after: number): IterableIterator<Segment>;
  all(stepNo: number): IterableIterator<Segment>;
  /** Bytes `from` up to `to` of all that was written to the client. */
  written(stepNo: number, from: number, to: number): Uint8Array;
}

interface SegmentPlace {
  no: number;
  seq: number;
}
type FindPlaces = { all(stepNo: number, seq: number, ...limits: number[]): SegmentPlace[] };

const COLUMNS = `chunk_first AS chunkFirst, chunk_count AS chunkCount, event_first AS eventFirst, event_count AS eventCount,
  write_offset AS writeOffset, write_size AS writeSize, marks, chunk_bytes AS chunkBytes, write_bytes AS writeBytes`;
/** Places are looked up in portions: a page must not list a whole stream, and no statement stays open. */
const PORTION = 64;

export function createSegmentReader(db: ReadableDatabase): SegmentReader {
  const withChunks = find('chunk_count > 0 AND chunk_first + chunk_count - 1 > ?');
  const withEvents = find('event_count > 0 AND event_first + event_count - 1 > ?');
  const withBytes = find('write_offset < ? AND write_offset + write_size > ?');
  const all = find('1');
  const get = db.prepare<[number], SegmentRow>(`SELECT ${COLUMNS} FROM segments WHERE no = ?`);

  function find(condition: string): FindPlaces {
    return db.prepare<number[], SegmentPlace>(
      `SELECT no, seq FROM segments WHERE step_no = ? AND seq > ? AND ${condition} ORDER BY seq LIMIT ${PORTION}`,
    );
  }

  function* read(places: FindPlaces, stepNo: number, ...limits: number[]): IterableIterator<Segment> {
    let seq = -1;
    for (;;) {
      const portion = places.all(stepNo, seq, ...limits);
      for (const place of portion) {
        const row = get.get(place.no);
        if (row) yield decodeSegment(row);
        seq = place.seq;
      }
      if (portion.length < PORTION) return;
    }
  }

  function written(stepNo: number, from: number, to: number): Uint8Array {
    const parts: Uint8Array[] = [];
    for (const segment of read(withBytes, stepNo, to, from)) {
      parts.push(writtenBytes(segment).subarray(Math.max(0, from - segment.writeOffset), to - segment.writeOffset));
    }
    return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  }

  return {
    withChunks: (stepNo, after) => read(withChunks, stepNo, after),
    withEvents: (stepNo, after) => read(withEvents, stepNo, after),
    all: (stepNo) => read(all, stepNo),
    written,
  };
}
