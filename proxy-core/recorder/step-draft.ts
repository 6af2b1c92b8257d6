/**
 * One step between two flushes: what the taps said and the database does not know yet. Only gathers;
 * the recorder decides when it is written and what is dropped.
 */
import type { EmittedEvent, StepEnded, StepStarted, TapEvent } from '../protocol/capture/tap-event.ts';
import { asArray, asObject, asString, parseJsonObject } from '../protocol/json.ts';
import { createSearchNotes, noteEvent, noteId, noteItem, type SearchNotes } from './search-text.ts';
import { addChunk, addEvent, addWrite, createSegmentDraft, type SegmentDraft } from './segment.ts';

/** A segment is closed at this size, so that a page of events never reads much more than itself. */
const SEGMENT_BYTES = 1_048_576;

/** Rare tap events that become a row or an update each, in order. */
export type StepNote = Extract<TapEvent, { type: 'upstream.request' | 'upstream.response' | 'upstream.end' | 'client.head' | 'warning' }>;

export interface StepDraft {
  id: string;
  /** Row number; null until the first flush that succeeded. */
  no: number | null;
  started: StepStarted;
  notes: StepNote[];
  segments: SegmentDraft[];
  search: SearchNotes;
  ended: StepEnded | null;
  /** It holds something that is not written. */
  isDirty: boolean;
  /** Something was dropped: what comes next begins a segment of its own. */
  isInterrupted: boolean;
  chunkCount: number;
  eventCount: number;
  writtenSize: number;
  firstEventUs: number | null;
  gapEvents: number;
  gapChunks: number;
  /** Numbers that the next flush goes on with; only moved on when a flush succeeds. */
  nextSeq: number;
  warningCount: number;
}

export function createStepDraft(started: StepStarted): StepDraft {
  return {
    id: started.stepId,
    no: null,
    started,
    notes: [],
    segments: [],
    search: createSearchNotes(),
    ended: null,
    isDirty: false,
    isInterrupted: false,
    chunkCount: 0,
    eventCount: 0,
    writtenSize: 0,
    firstEventUs: null,
    gapEvents: 0,
    gapChunks: 0,
    nextSeq: 0,
    warningCount: 0,
  };
}

type ChunkEvent = Extract<TapEvent, { type: 'upstream.chunk' }>;
type WriteEvent = Extract<TapEvent, { type: 'client.write' }>;

/** @returns the bytes that wait because of it. */
export function draftChunk(step: StepDraft, chunk: ChunkEvent): number {
  const segment = openSegment(step, chunk.index === step.chunkCount);
  step.chunkCount = chunk.index + 1;
  const before = segment.storedSize;
  addChunk(segment, chunk);
  return segment.storedSize - before;
}

export function draftWrite(step: StepDraft, write: WriteEvent): number {
  const first = write.events[0];
  const segment = openSegment(step, first === undefined || first.index === step.eventCount);
  const before = segment.storedSize;
  if (write.bytes.length > 0) addWrite(segment, write.tUs, write.bytes);
  step.writtenSize += write.bytes.length;
  for (const event of write.events) draftEvent(step, segment, event);
  if (!step.started.stream && step.started.isResponses) noteWholeResponse(step, write.bytes);
  return segment.storedSize - before;
}

function draftEvent(step: StepDraft, segment: SegmentDraft, event: EmittedEvent): void {
  step.firstEventUs ??= event.tUs;
  step.eventCount = event.index + 1;
  addEvent(segment, event);
  noteEvent(step.search, event, step.started.isResponses);
}

/** An answer that is not streamed comes in one piece; in several it is not looked into. */
function noteWholeResponse(step: StepDraft, bytes: Uint8Array): void {
  if (bytes.length > SEGMENT_BYTES || bytes[0] !== 0x7b) return;
  const response = parseJsonObject(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  if (!response) return;
  noteId(step.search, asString(response['id']), 'response');
  for (const item of asArray(response['output'])) noteItem(step.search, asObject(item), true);
}

/** Dropped: indexes move on and the gap is shown. */
export function dropChunk(step: StepDraft, index: number): void {
  step.chunkCount = index + 1;
  step.gapChunks += 1;
  step.isInterrupted = true;
}

export function dropWrite(step: StepDraft, lost: { size: number; eventCount: number; nextIndex: number }): void {
  step.writtenSize += lost.size;
  step.gapEvents += lost.eventCount;
  if (lost.eventCount > 0) step.eventCount = lost.nextIndex;
  step.isInterrupted = true;
}

/** A segment's indexes and bytes run on without a hole; otherwise a new one is begun. */
function openSegment(step: StepDraft, isIndexNext: boolean): SegmentDraft {
  const last = step.segments.at(-1);
  if (last !== undefined && isIndexNext && !step.isInterrupted && last.storedSize < SEGMENT_BYTES) return last;
  step.isInterrupted = false;
  const segment = createSegmentDraft(step.writtenSize);
  step.segments.push(segment);
  return segment;
}
