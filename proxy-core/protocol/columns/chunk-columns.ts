/**
 * A stretch of a step's upstream chunks as columns: when each came and what it says (./chunk-facts.ts),
 * without its bytes. The same kind of page as ./event-columns.ts.
 */
import { asArray, asNumber, asObject, parseJsonObject } from '../json.ts';
import { packPage, unpackPage } from './binary-page.ts';
import { NO_FACTS, toDeltaFacts, toLineFacts, type ChunkFact } from './chunk-facts.ts';

export interface ChunkColumns {
  /** Chunks of the step. */
  total: number;
  /** Index of the first chunk; the others follow without a hole. */
  first: number;
  count: number;
  /** Microseconds since the step's request. */
  tUs: Float64Array;
  /** Position in `facts`. */
  fact: Int32Array;
  /** The different things that the chunks of this stretch say. */
  facts: (readonly ChunkFact[])[];
}

export interface ChunkColumnsBuilder {
  readonly count: number;
  /** Adds the chunk of this index; ones before it that never came say nothing. */
  add(index: number, tUs: number, text: string): void;
  finish(total: number): ChunkColumns;
}

/** Longer than any line that says something; a stream without line ends must not pile up. */
const MAX_LINE = 1_000_000;

/**
 * @param capacity how many chunks fit.
 * @param rest the line that the chunk before the first one left unfinished.
 */
export function createChunkColumns(first: number, capacity: number, rest: string): ChunkColumnsBuilder {
  const tUs = new Float64Array(capacity);
  const fact = new Int32Array(capacity);
  const facts: (readonly ChunkFact[])[] = [];
  const codes = new Map<string, number>();
  let line = rest;
  let count = 0;
  let lastUs = 0;
  let lastSaid: readonly ChunkFact[] | undefined;
  let lastCode = 0;

  function codeOf(said: readonly ChunkFact[]): number {
    // Most chunks of a stream say the same, and the reader gives them the same list.
    if (said === lastSaid) return lastCode;
    const key = JSON.stringify(said);
    let code = codes.get(key);
    if (code === undefined) {
      code = facts.push(said) - 1;
      codes.set(key, code);
    }
    lastSaid = said;
    lastCode = code;
    return code;
  }

  function put(said: readonly ChunkFact[]): void {
    tUs[count] = lastUs;
    fact[count] = codeOf(said);
    count += 1;
  }

  function read(index: number, text: string): readonly ChunkFact[] {
    const lines = (line + text).split('\n');
    line = lines.pop() ?? '';
    if (line.length > MAX_LINE) line = '';
    let said = NO_FACTS;
    for (const each of lines) {
      const more = toLineFacts(each, index === 0);
      if (more.length > 0) said = said.length === 0 ? more : [...said, ...more];
    }
    return said;
  }

  return {
    get count() {
      return count;
    },
    add(index, atUs, text) {
      while (first + count < index && count < capacity) put(NO_FACTS);
      if (count === capacity) return;
      lastUs = atUs;
      put((line === '' ? toDeltaFacts(text) : undefined) ?? read(index, text));
    },
    finish: (total) => ({ total, first, count, tUs: tUs.subarray(0, count), fact: fact.subarray(0, count), facts }),
  };
}

export function packChunkColumns(columns: ChunkColumns, toUtf8: (text: string) => Uint8Array): Uint8Array<ArrayBuffer> {
  const { total, first, count, facts } = columns;
  return packPage({ total, first, count, facts }, [columns.tUs, columns.fact], toUtf8);
}

export function unpackChunkColumns(page: ArrayBuffer, fromUtf8: (bytes: Uint8Array) => string): ChunkColumns {
  const reader = unpackPage(page, fromUtf8);
  const header = asObject(parseJsonObject(reader.header));
  const count = asNumber(header['count']) ?? 0;
  return {
    total: asNumber(header['total']) ?? 0,
    first: asNumber(header['first']) ?? 0,
    count,
    tUs: reader.float64(count),
    fact: reader.int32(count),
    facts: asArray(header['facts']) as ChunkColumns['facts'],
  };
}
