/** What streamed in a step: pages of events and chunks, and the exact bytes of either side. */
import type { ChunkRow, ChunksPage, EventRow, EventsPage } from '../../protocol/api/control-api.ts';
import { asNumber, asString, isObject, parseJson } from '../../protocol/json.ts';
import { readFrames } from '../../sse/frame-reader.ts';
import type { ReadableDatabase } from '../database.ts';
import { type EventPlace, type Segment, writtenBytes } from '../segment.ts';
import { createSegmentReader, type SegmentReader } from './segments.ts';

export interface PageOptions {
  /** Index after which the page begins; -1 for the first page. */
  after?: number | undefined;
  limit?: number | undefined;
}

/** All return undefined for a step that is not known. */
export interface StreamQueries {
  events(stepId: string, options?: PageOptions): EventsPage | undefined;
  chunks(stepId: string, options?: PageOptions): ChunksPage | undefined;
  /** Exactly what went to the client. */
  emitted(stepId: string): Uint8Array | undefined;
  /** Exactly what came from the upstream: of the last attempt unless named. */
  upstream(stepId: string, attempt?: number): Uint8Array | undefined;
  /** Chunks with attempt and time, writes with time: what bundles and replays need. */
  timeline(stepId: string): { chunks: Segment['chunks']; writes: Segment['writes'] } | undefined;
}

interface StepRow {
  no: number;
  transport: string;
  event_count: number;
  chunk_count: number;
}

const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 10_000;

export function createStreamQueries(db: ReadableDatabase): StreamQueries {
  const getStep = db.prepare<[string], StepRow>('SELECT no, transport, event_count, chunk_count FROM steps WHERE id = ?');
  const lastAttempt = db.prepare<[number], { attempt: number | null }>('SELECT max(attempt) AS attempt FROM attempts WHERE step_no = ?');
  const segments = createSegmentReader(db);

  function events(stepId: string, options: PageOptions = {}): EventsPage | undefined {
    const step = getStep.get(stepId);
    if (!step) return undefined;
    const { after, limit } = toRange(options);
    const rows: EventRow[] = [];
    for (const segment of segments.withEvents(step.no, after)) {
      const bytes = writtenBytes(segment);
      for (const place of segment.events) {
        if (place.index <= after) continue;
        rows.push(toEventRow(place, frameBytes(segments, step.no, { segment, bytes, place }), step.transport));
        if (rows.length >= limit) return { events: rows, total: step.event_count };
      }
    }
    return { events: rows, total: step.event_count };
  }

  function chunks(stepId: string, options: PageOptions = {}): ChunksPage | undefined {
    const step = getStep.get(stepId);
    if (!step) return undefined;
    const { after, limit } = toRange(options);
    const rows: ChunkRow[] = [];
    for (const segment of segments.withChunks(step.no, after)) {
      for (const { index, tUs, bytes } of segment.chunks) {
        if (index <= after) continue;
        rows.push({ index, tUs, size: bytes.length, text: toText(bytes) });
        if (rows.length >= limit) return { chunks: rows, total: step.chunk_count };
      }
    }
    return { chunks: rows, total: step.chunk_count };
  }

  function timeline(stepId: string): { chunks: Segment['chunks']; writes: Segment['writes'] } | undefined {
    const step = getStep.get(stepId);
    if (!step) return undefined;
    const whole: { chunks: Segment['chunks']; writes: Segment['writes'] } = { chunks: [], writes: [] };
    for (const segment of segments.all(step.no)) {
      for (const chunk of segment.chunks) whole.chunks.push(chunk);
      for (const write of segment.writes) whole.writes.push(write);
    }
    return whole;
  }

  return {
    events,
    chunks,
    timeline,
    emitted(stepId) {
      const whole = timeline(stepId);
      return whole && Buffer.concat(whole.writes.map((write) => write.bytes));
    },
    upstream(stepId, attempt) {
      const step = getStep.get(stepId);
      const whole = timeline(stepId);
      if (!step || !whole) return undefined;
      const wanted = attempt ?? lastAttempt.get(step.no)?.attempt ?? whole.chunks.at(-1)?.attempt ?? 0;
      return Buffer.concat(whole.chunks.filter((chunk) => chunk.attempt === wanted).map((chunk) => chunk.bytes));
    },
  };
}

function toRange({ after, limit }: PageOptions): { after: number; limit: number } {
  return { after: Math.trunc(after ?? -1), limit: Math.min(Math.max(1, Math.trunc(limit ?? DEFAULT_LIMIT)), MAX_LIMIT) };
}

/** A frame that began in an earlier batch lies partly in an earlier segment. `bytes`: all that the segment wrote. */
export function frameBytes(
  segments: SegmentReader,
  stepNo: number,
  { segment, bytes, place }: { segment: Segment; bytes: Uint8Array; place: EventPlace },
): Uint8Array {
  const start = place.offset - segment.writeOffset;
  const end = start + place.length;
  if (start >= 0 && end <= bytes.length) return bytes.subarray(start, end);
  return segments.written(stepNo, place.offset, place.offset + place.length);
}

export function toEventRow(place: EventPlace, bytes: Uint8Array, transport: string): EventRow {
  const frame = transport === 'websocket' ? undefined : readFrames(bytes)[0];
  const raw = frame ? frame.data : toText(bytes).trimEnd();
  const parsed = parseJson(raw);
  const json = isObject(parsed) ? parsed : undefined;
  return {
    index: place.index,
    type: asString(json?.['type']) ?? frame?.event ?? 'message',
    tUs: place.tUs,
    sequenceNumber: asNumber(json?.['sequence_number']) ?? null,
    itemId: asString(json?.['item_id']) ?? itemId(json?.['item']),
    outputIndex: asNumber(json?.['output_index']) ?? null,
    contentIndex: asNumber(json?.['content_index']) ?? null,
    chunkIndex: place.chunkIndex,
    data: json ?? raw,
  };
}

function itemId(item: unknown): string | null {
  return isObject(item) ? (asString(item['id']) ?? null) : null;
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
