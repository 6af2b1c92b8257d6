/** Evidence on its way to the disk, and back when the disk did not take it. What it is good for: ./link-session.test.ts. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openMemoryDatabase } from '../recorder/database.ts';
import { createEvidenceWriter, type Evidence } from './evidence-rows.ts';
import { createEvidenceStore } from './evidence-store.ts';

const evidenceOf = (sessionId: string, stepIndex = 0): Evidence => ({ sessionId, stepIndex, responseId: null, at: 1 });

function openStore() {
  const db = openMemoryDatabase();
  let calls = 0;
  const store = createEvidenceStore(db, () => (calls += 1));
  const put = (value: string, sessionId = 'sess_1', stepIndex = 0) => store.put('item', 'scope', value, evidenceOf(sessionId, stepIndex));
  const find = (value: string) => store.find('item', 'scope', value);
  const taken = () => store.take()?.map(({ value, evidence }) => `${value} ${evidence.sessionId} ${evidence.stepIndex}`) ?? null;
  return { db, store, put, find, taken, waitingCalls: () => calls };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('evidence store', () => {
  it('tells that something waits, and hands it over once', () => {
    const { db, store, put, find, taken, waitingCalls } = openStore();
    expect([taken(), waitingCalls()]).toEqual([null, 0]);
    put('a');
    expect(waitingCalls()).toBe(1);
    const rows = store.take() ?? [];
    expect(rows).toEqual([{ kind: 'item', scope: 'scope', value: 'a', evidence: evidenceOf('sess_1') }]);
    put('b');
    // It does not wait for the one before.
    expect([waitingCalls(), taken(), taken()]).toEqual([2, ['b sess_1 0'], null]);
    createEvidenceWriter(db)(rows);
    store.settle(null);
    expect([find('a'), find('b')]).toEqual([evidenceOf('sess_1'), evidenceOf('sess_1')]);
  });

  it('hands over no more than a few batches to a disk that is late, and tells when there is room again', () => {
    const { store, put, taken, waitingCalls } = openStore();
    for (const value of ['a', 'b', 'c', 'd']) {
      put(value);
      expect(taken()).toEqual([`${value} sess_1 0`]);
    }
    put('e');
    expect(taken()).toBeNull();
    const calls = waitingCalls();
    store.settle(null);
    expect([waitingCalls(), taken()]).toEqual([calls + 1, ['e sess_1 0']]);
  });

  it('does not write again what is newer on its way than a batch that failed', () => {
    const { store, put, taken } = openStore();
    put('a', 'sess_1', 0);
    put('b', 'sess_1', 0);
    taken();
    put('a', 'sess_1', 1);
    taken();
    store.settle(new Error('locked'));
    store.settle(null);
    vi.runOnlyPendingTimers();
    expect(taken()).toEqual(['b sess_1 0']);
  });

  it('finds what waits before what is on its way, and that before what is on disk', () => {
    const { db, store, put, find } = openStore();
    put('a', 'sess_1');
    createEvidenceWriter(db)(store.take() ?? []);
    store.settle(null);
    expect(find('a')?.sessionId).toBe('sess_1');
    put('a', 'sess_2');
    store.take();
    expect(find('a')?.sessionId).toBe('sess_2');
    put('a', 'sess_3');
    expect(find('a')?.sessionId).toBe('sess_3');
  });

  it('takes a batch back that failed, behind what is newer, and waits before the next try', () => {
    const { store, put, find, taken, waitingCalls } = openStore();
    put('a', 'sess_1', 0);
    put('b', 'sess_1', 0);
    expect(taken()).toEqual(['a sess_1 0', 'b sess_1 0']);
    put('a', 'sess_1', 1);
    store.settle(new Error('disk full'));
    const calls = waitingCalls();
    put('c');
    expect([taken(), waitingCalls()]).toEqual([null, calls]);
    expect([find('a')?.stepIndex, find('b')?.stepIndex]).toEqual([1, 0]);
    vi.runOnlyPendingTimers();
    expect(waitingCalls()).toBe(calls + 1);
    expect(taken()).toEqual(['a sess_1 1', 'b sess_1 0', 'c sess_1 0']);
  });

  it('forgets a session where it waits and where it is on its way, also when that fails', () => {
    const { store, put, find, taken } = openStore();
    put('a', 'sess_1');
    put('b', 'sess_2');
    store.take();
    put('c', 'sess_1');
    store.forgetSession('sess_1');
    store.settle(new Error('disk full'));
    expect([find('a'), find('c')]).toEqual([undefined, undefined]);
    vi.runOnlyPendingTimers();
    expect(taken()).toEqual(['b sess_2 0']);
  });

  it('does not grow without bound while the disk takes nothing', () => {
    const { store, put, find } = openStore();
    const putMany = (from: number) => {
      for (let i = from; i < from + 40_000; i++) put(`${i}`);
    };
    putMany(0);
    expect(store.take()).toHaveLength(40_000);
    putMany(40_000);
    store.settle(new Error('disk full'));
    vi.runOnlyPendingTimers();
    expect(store.take()).toHaveLength(50_000);
    expect([find('29999'), find('30000')]).toEqual([undefined, evidenceOf('sess_1')]);
  });
});
