import { describe, expect, it } from 'vitest';
import type { TapEvent } from '../protocol/capture/tap-event.ts';
import { openMemoryDatabase } from '../recorder/database.ts';
import { createPricer } from '../recorder/prices.ts';
import { createQueries } from '../recorder/queries/create-queries.ts';
import { stepEnded, stepStarted, writes } from '../recorder/recorder-fixtures.ts';
import type { EvidenceRow } from '../sessions/evidence-rows.ts';
import { storedItem, storedResponse } from '../sessions/response-store.contract.fixtures.ts';
import { createSqliteResponseStore, type SavedChanges } from '../sessions/sqlite-response-store.ts';
import { toItemRow, toResponseRow } from '../sessions/stored-rows.ts';
import type { Batch } from './batch.ts';
import { createTapPacker } from './pack-taps.ts';
import type { Order } from './packed-taps.ts';
import { createStoreWriter } from './store-writer.ts';

const SECRET = 'sk-planted-12345678';

function openWriter() {
  const db = openMemoryDatabase();
  const troubles: (string | null)[] = [];
  const notices: string[] = [];
  const writer = createStoreWriter({ db, onTrouble: (trouble) => troubles.push(trouble), onFault: (text) => notices.push(text) });
  const packer = createTapPacker();
  let id = 0;
  function write(batch: Partial<Batch> = {}, given: readonly (TapEvent | Order)[] = []) {
    for (const one of given) {
      if ('secret' in one) packer.order(one);
      else packer.add(one as TapEvent);
    }
    const result = writer.write({ id: id++, responses: null, evidence: null, taps: packer.size > 0 ? packer.take() : null, ...batch });
    // As between threads: whoever still looked into the buffer would find nothing, or something else.
    if (result.buffer) new Uint8Array(result.buffer).fill(0x78);
    return result;
  }
  const setFull = (isFull: boolean) => db.pragma(`query_only = ${isFull ? 1 : 0}`);
  return { db, writer, write, troubles, notices, setFull, disk: createSqliteResponseStore(db), ...createQueries(db, createPricer()) };
}

function responses(...texts: string[]): SavedChanges {
  const [first = 'hi'] = texts;
  return {
    responses: [
      {
        response: toResponseRow(storedResponse('resp_a', { request: { input: first } })),
        isNew: true,
        newItems: [toItemRow(storedItem('msg_a', 'resp_a', { item: { type: 'message', text: first } }))],
      },
    ],
    aliases: [],
  };
}
const evidence: EvidenceRow[] = [
  { kind: 'item', scope: 's', value: 'msg_a', evidence: { sessionId: 'sess_1', stepIndex: 0, responseId: null, at: 1 } },
];
const whole = [stepStarted(), ...writes('step_1', [{ type: 'x' }]), stepEnded()];
const count = (db: ReturnType<typeof openMemoryDatabase>, table: string) =>
  (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;

describe('store writer', () => {
  it('writes all parts of a batch', () => {
    const { write, disk, db, steps } = openWriter();
    expect(write({ responses: responses(), evidence }, whole)).toMatchObject({ id: 0, isRecorded: true, responses: null, evidence: null });
    expect(write()).toEqual({ id: 1, isRecorded: true, responses: null, evidence: null, changed: [], buffer: null });
    expect(disk.getItem('msg_a')).toBeDefined();
    expect([count(db, 'evidence'), steps.detail('step_1')?.status]).toEqual([1, 'completed']);
  });

  it('knows the secrets that come with a batch before it writes the responses of it', () => {
    const { write, db, disk } = openWriter();
    write({ responses: responses(`my key is ${SECRET}`) }, [{ type: 'secret', secret: SECRET }, ...whole]);
    expect(disk.getResponse('resp_a')?.request).not.toEqual({ input: `my key is ${SECRET}` });
    expect(db.serialize().includes(SECRET)).toBe(false);
  });

  it('gives back what a disk did not take that takes nothing; taps wait, and go with a later batch', () => {
    const { write, db, disk, setFull, troubles, steps } = openWriter();
    setFull(true);
    const failed = write({ responses: responses(), evidence }, whole);
    expect(failed).toMatchObject({
      isRecorded: false,
      responses: { message: expect.any(String) },
      evidence: { code: expect.stringContaining('SQLITE') },
    });
    expect(troubles).toEqual([expect.stringContaining('Nothing is recorded just now')]);
    setFull(false);
    expect(write({ responses: responses() })).toMatchObject({ isRecorded: true, responses: null });
    expect(troubles.at(-1)).toBeNull();
    expect([count(db, 'evidence'), disk.getItems('resp_a').length, steps.detail('step_1')?.status]).toEqual([0, 1, 'completed']);
  });

  it('keeps a part that can never be written from the others', () => {
    const { write, db, steps, troubles } = openWriter();
    const broken = responses();
    // As a fault of ours would do it: SQLite has no such type.
    Object.assign(broken.responses[0]?.response ?? {}, { status: {} });
    const result = write({ responses: broken, evidence }, whole);
    expect(result).toMatchObject({ isRecorded: true, responses: { code: undefined }, evidence: null });
    expect([count(db, 'evidence'), count(db, 'responses'), count(db, 'items')]).toEqual([1, 0, 0]);
    expect([steps.detail('step_1')?.status, troubles]).toEqual(['completed', []]);
  });

  it('says that a batch can not be read, and goes on with the next', () => {
    const { write, notices, steps } = openWriter();
    write({ taps: { buffer: new Uint8Array([9, 9, 9]).buffer, size: 3 } });
    expect(notices).toEqual([expect.stringMatching(/^an observer failed: /)]);
    expect(write({}, whole).isRecorded).toBe(true);
    expect(steps.detail('step_1')?.status).toBe('completed');
  });

  it('writes what waits when it is closed', () => {
    const { write, writer, setFull, steps } = openWriter();
    setFull(true);
    expect(write({}, whole).isRecorded).toBe(false);
    setFull(false);
    writer.close();
    expect(steps.detail('step_1')?.status).toBe('completed');
  });
});
