/**
 * Long strings inside large bodies, kept once: an agent sends every image of its history again with every
 * turn, in other surroundings each time. They are cut out at their quotes, whatever is between them, and put
 * back on reading, byte for byte. Owns the blobs and who uses them; a blob goes with its last user (triggers
 * of migration 4).
 *
 * With blobs:  mark (6: the rest as it is, 7: deflated), count, per blob its place in the rest and its number
 * (32 bit, little endian), the rest. No deflated text begins with 6 or 7, so the mark tells them apart.
 */
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { packBody, packText, unpackBody, unpackText, type PackedBody } from './packed-body.ts';

export interface BlobStore {
  /** Inside a transaction, with the row that will hold it; `use` afterwards. */
  packBody(bytes: Uint8Array): WithBlobs<PackedBody>;
  unpackBody(packed: PackedBody): Uint8Array;
  packText(text: string): WithBlobs<{ column: string | Uint8Array }>;
  unpackText(column: string | Uint8Array): string;
  /** The row that holds it; it is that row's deletion that lets the blobs go. */
  use(owner: 'body' | 'item', ownerNo: number, blobs: readonly number[]): void;
}

export type WithBlobs<Packed> = Packed & { blobs: readonly number[] };

/** Smaller bodies are deflated as a whole. */
const MIN_BODY_BYTES = 65_536;
const MIN_BLOB_BYTES = 8_192;
/** What is around the blobs is mostly words. */
const MAX_DEFLATED_REST = 1_048_576;
const BLOB_CODEC = 2;
const MARK_PLAIN = 6;
const MARK_DEFLATED = 7;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MAX_DATA_URL_HEAD = 256;

export function createBlobStore(db: Database): BlobStore {
  const find = db.prepare<[Uint8Array], { no: number }>('SELECT no FROM blobs WHERE hash = ?');
  const insert = db.prepare<[Uint8Array, Uint8Array]>('INSERT INTO blobs (hash, bytes) VALUES (?, ?)');
  const read = db.prepare<[number], { bytes: Buffer }>('SELECT bytes FROM blobs WHERE no = ?');
  const addUse = db.prepare<[string, number, number]>('INSERT OR IGNORE INTO blob_uses (owner, owner_no, blob_no) VALUES (?, ?, ?)');

  function put(bytes: Uint8Array): number {
    const hash = createHash('sha256').update(bytes).digest().subarray(0, 16);
    return find.get(hash)?.no ?? Number(insert.run(hash, bytes).lastInsertRowid);
  }

  /** Undefined when there is nothing to cut out. */
  function cut(source: Uint8Array): WithBlobs<{ bytes: Uint8Array }> | undefined {
    if (source.length < MIN_BODY_BYTES) return undefined;
    const view = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
    const runs = findLongStrings(view);
    if (runs.length === 0) return undefined;
    const head = Buffer.alloc(5 + runs.length * 8);
    head.writeUInt32LE(runs.length, 1);
    const parts: Buffer[] = [];
    const numbers: number[] = [];
    let from = 0;
    let place = 0;
    runs.forEach(({ start, end }, i) => {
      parts.push(view.subarray(from, start));
      place += start - from;
      from = end;
      const no = put(view.subarray(start, end));
      numbers.push(no);
      head.writeUInt32LE(place, 5 + i * 8);
      head.writeUInt32LE(no, 9 + i * 8);
    });
    parts.push(view.subarray(from));
    const rest = Buffer.concat(parts);
    const isDeflated = rest.length <= MAX_DEFLATED_REST;
    head.writeUInt8(isDeflated ? MARK_DEFLATED : MARK_PLAIN, 0);
    return { bytes: Buffer.concat([head, isDeflated ? deflateRawSync(rest, { level: 1 }) : rest]), blobs: numbers };
  }

  /** @throws Error when a blob is missing (a damaged file). */
  function join(packed: Uint8Array): Buffer {
    const view = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
    const count = view.readUInt32LE(1);
    const tail = view.subarray(5 + count * 8);
    const rest = view[0] === MARK_DEFLATED ? inflateRawSync(tail) : tail;
    const parts: Buffer[] = [];
    let from = 0;
    for (let i = 0; i < count; i++) {
      const place = view.readUInt32LE(5 + i * 8);
      const blob = read.get(view.readUInt32LE(9 + i * 8));
      if (!blob) throw new Error('A part of this body is missing in the store.');
      parts.push(rest.subarray(from, place), blob.bytes);
      from = place;
    }
    parts.push(rest.subarray(from));
    return Buffer.concat(parts);
  }

  return {
    packBody(bytes) {
      const found = cut(bytes);
      return found ? { codec: BLOB_CODEC, ...found } : { ...packBody(bytes), blobs: [] };
    },
    unpackBody: (packed) => (packed.codec === BLOB_CODEC ? join(packed.bytes) : unpackBody(packed)),
    packText(text) {
      const found = text.length < MIN_BODY_BYTES ? undefined : cut(Buffer.from(text, 'utf8'));
      return found ? { column: found.bytes, blobs: found.blobs } : { column: packText(text), blobs: [] };
    },
    unpackText(column) {
      const hasBlobs = typeof column !== 'string' && (column[0] === MARK_PLAIN || column[0] === MARK_DEFLATED);
      return hasBlobs ? join(column).toString('utf8') : unpackText(column);
    },
    use(owner, ownerNo, blobs) {
      for (const no of blobs) addUse.run(owner, ownerNo, no);
    },
  };
}

/** Stretches without a quote, from the comma on in a data URL: the same image stands bare in an upstream's body. In one pass. */
function findLongStrings(view: Buffer): { start: number; end: number }[] {
  const runs: { start: number; end: number }[] = [];
  let scanned = 0;
  let lastQuote = -1;
  // A stretch of that length holds one of these places, whatever its start is.
  for (let at = MIN_BLOB_BYTES; at < view.length;) {
    const found = view.subarray(scanned, at).lastIndexOf(QUOTE);
    if (found >= 0) lastQuote = scanned + found;
    scanned = at;
    const next = view.indexOf(QUOTE, at);
    const end = next < 0 ? view.length : next;
    const start = afterDataUrlHead(view, lastQuote + 1);
    if (end - start >= MIN_BLOB_BYTES) {
      runs.push({ start, end });
      lastQuote = end;
      scanned = end + 1;
      at = end + MIN_BLOB_BYTES;
    } else {
      at += MIN_BLOB_BYTES;
    }
  }
  return runs;
}

function afterDataUrlHead(view: Buffer, start: number): number {
  if (view.toString('latin1', start, start + 5) !== 'data:') return start;
  const comma = view.subarray(start, start + MAX_DATA_URL_HEAD).indexOf(COMMA);
  return comma < 0 ? start : start + comma + 1;
}
