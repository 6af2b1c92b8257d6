import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMemoryDatabase } from '../recorder/database.ts';
import { createBlobStore } from './blob-store.ts';

/** Base64 that does not repeat itself, another one for each name. */
function image(name: string, size: number): string {
  return createHash('shake256', { outputLength: Math.ceil((size * 3) / 4) })
    .update(name)
    .digest('base64')
    .slice(0, size);
}

function open() {
  const db = openMemoryDatabase();
  const store = createBlobStore(db);
  const blobs = () => db.prepare<[], { no: number; size: number }>('SELECT no, length(bytes) AS size FROM blobs').all();
  return { db, store, blobs };
}

const body = (turns: number, ...images: string[]) =>
  Buffer.from(
    JSON.stringify({
      model: 'm',
      input: [
        ...images.map((data) => ({ role: 'user', content: [{ type: 'input_image', image_url: `data:image/png;base64,${data}` }] })),
        ...Array.from({ length: turns }, (_, i) => ({ role: 'user', content: `turn ${i}` })),
      ],
    }),
  );

describe('blob store', () => {
  it('keeps an image of a growing history once, also that of the upstream’s body', () => {
    const { store, blobs } = open();
    const picture = image('a', 200_000);
    for (let turns = 1; turns <= 20; turns++) {
      const source = body(turns, picture);
      const packed = store.packBody(source);
      expect(packed.bytes.length).toBeLessThan(2_000);
      expect(Buffer.compare(store.unpackBody(packed), source)).toBe(0);
    }
    const upstream = Buffer.from(
      JSON.stringify({ messages: [{ content: [{ type: 'image', source: { type: 'base64', data: picture } }] }] }),
    );
    expect(Buffer.compare(store.unpackBody(store.packBody(upstream)), upstream)).toBe(0);
    expect(blobs()).toEqual([{ no: 1, size: 200_000 }]);
  });

  it('leaves small bodies, and large ones of many small strings, as they were', () => {
    const { store, blobs } = open();
    for (const source of [body(3, image('a', 30_000)), body(20_000), Buffer.alloc(0)]) {
      const packed = store.packBody(source);
      expect([packed.codec === 2, packed.blobs]).toEqual([false, []]);
      expect(Buffer.compare(store.unpackBody(packed), source)).toBe(0);
    }
    expect(blobs()).toEqual([]);
  });

  it('lets a blob go with the last row that uses it', () => {
    const { db, store, blobs } = open();
    const [first, second] = [body(1, image('a', 90_000), image('b', 90_000)), body(2, image('b', 90_000))].map((source, i) => {
      const packed = store.packBody(source);
      const no = Number(
        db.prepare('INSERT INTO bodies (hash, codec, bytes) VALUES (?, ?, ?)').run(Buffer.from([i]), packed.codec, packed.bytes)
          .lastInsertRowid,
      );
      store.use('body', no, packed.blobs);
      return no;
    });
    expect(blobs()).toHaveLength(2);
    db.prepare('DELETE FROM bodies WHERE no = ?').run(first);
    expect(blobs()).toHaveLength(1);
    db.prepare('DELETE FROM bodies WHERE no = ?').run(second);
    expect([blobs(), db.prepare('SELECT count(*) AS n FROM blob_uses').get()]).toEqual([[], { n: 0 }]);
  });

  it('gives texts back, too, with what they hold beyond ASCII', () => {
    const { store } = open();
    for (const text of [
      'short',
      `{"a":"${image('a', 100_000)}","b":"grüße 👋"}`,
      'ü'.repeat(50_000),
      `"${'x'.repeat(70_000)}`,
      '{"a":1}'.repeat(20_000),
    ]) {
      expect(store.unpackText(store.packText(text).column)).toBe(text);
    }
  });

  it('gives back every byte of whatever it is given', () => {
    const piece = fc.oneof(
      fc.constantFrom('"', '\\"', 'data:image/png;base64,', ',', '\n', '{', 'é'),
      fc.integer({ min: 0, max: 40_000 }).map((size) => image('p', size)),
      fc.string({ unit: 'binary', maxLength: 50 }),
    );
    const { store } = open();
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const source = Buffer.from(pieces.join(''));
        expect(Buffer.compare(store.unpackBody(store.packBody(source)), source)).toBe(0);
      }),
      { numRuns: 80 },
    );
  });

  it('takes one pass over bodies that have no quotes at all', () => {
    const { store } = open();
    const numbers = Buffer.from(`{"embedding":[${Array.from({ length: 400_000 }, (_, i) => i % 10).join(',')}]}`);
    expect(Buffer.compare(store.unpackBody(store.packBody(numbers)), numbers)).toBe(0);
    const binary = Buffer.alloc(3_000_000, 0xff);
    expect(Buffer.compare(store.unpackBody(store.packBody(binary)), binary)).toBe(0);
  });
});
