/**
 * A stretch of a step's events as columns: all that the timeline and the table of the page need, at a
 * fraction of the events' own size. Built at the bridge event by event, sent as a binary page
 * (./binary-page.ts), read by the page without an object per event. docs/columns.md describes the format.
 */
import { asArray, asNumber, asObject, asString, parseJsonObject } from '../json.ts';
import type { EventRow } from '../api/control-api.ts';
import { packPage, unpackPage } from './binary-page.ts';
import { toEventFacts, type ItemFacts } from './event-facts.ts';

export interface EventColumns {
  /** Events of the step. */
  total: number;
  /** Index of the first event; the others follow without a hole. */
  first: number;
  count: number;
  /** Codes are positions in these. An event that the recorder had to drop has the type `''`. */
  types: string[];
  ids: string[];
  /** Microseconds since the step's request. */
  tUs: Float64Array;
  type: Int32Array;
  /** -1 = none, here and in the next two. */
  id: Int32Array;
  outputIndex: Int32Array;
  chunk: Int32Array;
  /** The words of all events, joined; `textEnd` says where each one's end. */
  text: string;
  textEnd: Int32Array;
  /** What few events have, by their position in this stretch, in order. */
  more: { at: number; facts: ItemFacts }[];
}

/** One event on its way into the columns. */
export interface EventEntry {
  tUs: number;
  type: string;
  id: string | null;
  outputIndex: number | null;
  chunkIndex: number | null;
  text: string;
  more: ItemFacts | null;
}

export interface EventColumnsBuilder {
  readonly count: number;
  /** Adds the event of this index; indexes before it that never came become dropped events. */
  add(index: number, entry: EventEntry): void;
  finish(total: number): EventColumns;
}

const MAX_CODE = 0x7fffffff;
const DROPPED: Omit<EventEntry, 'tUs'> = { type: '', id: null, outputIndex: null, chunkIndex: null, text: '', more: null };

/** @param capacity how many events fit. */
export function createEventColumns(first: number, capacity: number): EventColumnsBuilder {
  const tUs = new Float64Array(capacity);
  const columns = Array.from({ length: 5 }, () => new Int32Array(capacity)) as [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];
  const [type, id, outputIndex, chunk, textEnd] = columns;
  const types = createTable();
  const ids = createTable();
  const more: EventColumns['more'] = [];
  let text = '';
  let count = 0;
  let lastUs = 0;

  function put(entry: Omit<EventEntry, 'tUs'>): void {
    tUs[count] = lastUs;
    type[count] = types.codeOf(entry.type);
    id[count] = entry.id === null ? -1 : ids.codeOf(entry.id);
    outputIndex[count] = toCode(entry.outputIndex);
    chunk[count] = toCode(entry.chunkIndex);
    text += entry.text;
    textEnd[count] = text.length;
    if (entry.more !== null) more.push({ at: count, facts: entry.more });
    count += 1;
  }

  return {
    get count() {
      return count;
    },
    add(index, entry) {
      while (first + count < index && count < capacity) put(DROPPED);
      if (count === capacity) return;
      lastUs = entry.tUs;
      put(entry);
    },
    finish: (total) => ({
      total,
      first,
      count,
      types: types.names,
      ids: ids.names,
      tUs: tUs.subarray(0, count),
      type: type.subarray(0, count),
      id: id.subarray(0, count),
      outputIndex: outputIndex.subarray(0, count),
      chunk: chunk.subarray(0, count),
      text,
      textEnd: textEnd.subarray(0, count),
      more,
    }),
  };
}

function toCode(value: number | null): number {
  return value !== null && Number.isInteger(value) && value >= 0 && value <= MAX_CODE ? value : -1;
}

function createTable(): { names: string[]; codeOf: (name: string) => number } {
  const names: string[] = [];
  const codes = new Map<string, number>();
  let last = '';
  let lastCode = -1;
  return {
    names,
    codeOf(name) {
      if (name === last && lastCode >= 0) return lastCode;
      let code = codes.get(name);
      if (code === undefined) {
        code = names.push(name) - 1;
        codes.set(name, code);
      }
      last = name;
      lastCode = code;
      return code;
    },
  };
}

/** The event as it goes into the columns. */
export function toEventEntry(row: EventRow): EventEntry {
  const { tUs, type, outputIndex, chunkIndex } = row;
  const { id, text, more } = toEventFacts(type, row.data);
  return { tUs, type, id: row.itemId ?? id, outputIndex, chunkIndex, text, more };
}

export function packEventColumns(columns: EventColumns, toUtf8: (text: string) => Uint8Array): Uint8Array<ArrayBuffer> {
  const { total, first, count, types, ids, text, more } = columns;
  const numbers = [columns.tUs, columns.type, columns.id, columns.outputIndex, columns.chunk, columns.textEnd];
  return packPage({ total, first, count, types, ids, text, more }, numbers, toUtf8);
}

export function unpackEventColumns(page: ArrayBuffer, fromUtf8: (bytes: Uint8Array) => string): EventColumns {
  const reader = unpackPage(page, fromUtf8);
  const header = asObject(parseJsonObject(reader.header));
  const count = asNumber(header['count']) ?? 0;
  return {
    total: asNumber(header['total']) ?? 0,
    first: asNumber(header['first']) ?? 0,
    count,
    types: asArray(header['types']) as string[],
    ids: asArray(header['ids']) as string[],
    text: asString(header['text']) ?? '',
    more: asArray(header['more']) as EventColumns['more'],
    tUs: reader.float64(count),
    type: reader.int32(count),
    id: reader.int32(count),
    outputIndex: reader.int32(count),
    chunk: reader.int32(count),
    textEnd: reader.int32(count),
  };
}
