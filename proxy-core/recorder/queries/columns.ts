/**
 * Pages of a step's events and chunks as columns. Reading a hundred thousand events takes a while, and the
 * bridge has streams to serve meanwhile: the work is done a few milliseconds at a time.
 */
import { isAscii } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createChunkColumns, type ChunkColumns } from '../../protocol/columns/chunk-columns.ts';
import { createEventColumns, toEventEntry, type EventColumns, type EventEntry } from '../../protocol/columns/event-columns.ts';
import type { ReadableDatabase } from '../database.ts';
import { type EventPlace, type Segment, writtenBytes } from '../segment.ts';
import { createFlatReader, type FlatEvent, type FlatReader } from './flat-event.ts';
import { createSegmentReader } from './segments.ts';
import { frameBytes, toEventRow, type PageOptions } from './streams.ts';

/** Both give undefined for a step that is not known. */
export interface ColumnQueries {
  events(stepId: string, options?: PageOptions): Promise<EventColumns | undefined>;
  chunks(stepId: string, options?: PageOptions): Promise<ChunkColumns | undefined>;
}

interface StepRow {
  no: number;
  transport: string;
  event_count: number;
  chunk_count: number;
}

const MAX_LIMIT = 100_000;
/** What one turn of the event loop may take. */
const SLICE_MS = 3;
/** Looking at the clock costs as much as an event. */
const EVENTS_PER_LOOK = 200;

export function createColumnQueries(db: ReadableDatabase): ColumnQueries {
  const getStep = db.prepare<[string], StepRow>('SELECT no, transport, event_count, chunk_count FROM steps WHERE id = ?');
  const segments = createSegmentReader(db);

  async function events(stepId: string, options: PageOptions = {}): Promise<EventColumns | undefined> {
    const step = getStep.get(stepId);
    if (!step) return undefined;
    const { after, limit } = toRange(options, step.event_count);
    const columns = createEventColumns(after + 1, limit);
    const slices = createSlices();
    const reader = createFlatReader();
    for (const segment of segments.withEvents(step.no, after)) {
      const bytes = toBuffer(writtenBytes(segment));
      // One text for all of them, where a character is a byte; else each event is decoded alone.
      const text = isAscii(bytes) ? bytes.toString('latin1') : null;
      for (const place of segment.events) {
        if (columns.count === limit) break;
        if (place.index <= after) continue;
        const source = { text, bytes, start: place.offset - segment.writeOffset, length: place.length };
        const flat = step.transport === 'websocket' ? undefined : readFlat(reader, source);
        columns.add(place.index, flat ? toFlatEntry(flat, place) : parse(step, segment, bytes, place));
        if (slices.isOver()) await slices.next();
      }
      if (columns.count === limit) break;
    }
    return columns.finish(step.event_count);
  }

  function parse(step: StepRow, segment: Segment, bytes: Uint8Array, place: EventPlace): EventEntry {
    return toEventEntry(toEventRow(place, frameBytes(segments, step.no, { segment, bytes, place }), step.transport));
  }

  async function chunks(stepId: string, options: PageOptions = {}): Promise<ChunkColumns | undefined> {
    const step = getStep.get(stepId);
    if (!step) return undefined;
    const { after, limit } = toRange(options, step.chunk_count);
    const columns = createChunkColumns(after + 1, limit, unfinishedLine(step.no, after));
    const slices = createSlices();
    for (const segment of segments.withChunks(step.no, after)) {
      for (const { index, tUs, bytes } of segment.chunks) {
        if (columns.count === limit) break;
        if (index <= after) continue;
        columns.add(index, tUs, toBuffer(bytes).toString('utf8'));
        if (slices.isOver()) await slices.next();
      }
      if (columns.count === limit) break;
    }
    return columns.finish(step.chunk_count);
  }

  /** What chunk `last` and those before it left without a line end. */
  function unfinishedLine(stepNo: number, last: number): string {
    const parts: string[] = [];
    for (let index = last; index >= 0; index--) {
      const [segment] = segments.withChunks(stepNo, index - 1);
      const text = toBuffer(segment?.chunks.find((chunk) => chunk.index === index)?.bytes ?? new Uint8Array(0)).toString('utf8');
      const lineStart = text.lastIndexOf('\n') + 1;
      parts.unshift(text.slice(lineStart));
      if (lineStart > 0) break;
    }
    return parts.join('');
  }

  return { events, chunks };
}

/** `text`: the bytes as text, when each is a character. @returns undefined for a frame that has to be parsed. */
function readFlat(
  reader: FlatReader,
  { text, bytes, start, length }: { text: string | null; bytes: Buffer; start: number; length: number },
): FlatEvent | undefined {
  const end = start + length;
  if (start < 0 || end > bytes.length) return undefined;
  if (text !== null) return reader.read(text, start, end);
  const frame = bytes.toString('utf8', start, end);
  return reader.read(frame, 0, frame.length);
}

function toFlatEntry({ type, itemId, outputIndex, delta }: FlatEvent, { tUs, chunkIndex }: EventPlace): EventEntry {
  return { tUs, type, id: itemId, outputIndex, chunkIndex, text: delta, more: null };
}

function toRange({ after = -1, limit = MAX_LIMIT }: PageOptions, total: number): { after: number; limit: number } {
  return { after, limit: Math.max(0, Math.min(limit, MAX_LIMIT, total - after - 1)) };
}

function createSlices(): { isOver: () => boolean; next: () => Promise<void> } {
  let until = performance.now() + SLICE_MS;
  let left = EVENTS_PER_LOOK;
  return {
    isOver() {
      left -= 1;
      if (left > 0) return false;
      left = EVENTS_PER_LOOK;
      return performance.now() > until;
    },
    async next() {
      await nextTurn();
      until = performance.now() + SLICE_MS;
    },
  };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
