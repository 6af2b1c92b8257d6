import { afterEach, describe, expect, it, vi } from 'vitest';
import { openMemoryDatabase } from '../recorder/database.ts';
import { createResilientResponseStore, type ResilientResponseStore } from './resilient-response-store.ts';
import { describeResponseStore } from './response-store.contract.ts';
import { storedItem, storedResponse } from './response-store.contract.fixtures.ts';
import { createSqliteResponseStore, type SqliteResponseStore } from './sqlite-response-store.ts';

function openStore(options: { maxClean?: number; maxWaiting?: number; mask?: (text: string) => string } = {}) {
  const { mask, ...bounds } = options;
  const db = openMemoryDatabase();
  const troubles: unknown[] = [];
  let calls = 0;
  const disk = createSqliteResponseStore(db, mask);
  const store = createResilientResponseStore(disk, {
    onTrouble: (trouble) => troubles.push(trouble),
    onWaiting: () => (calls += 1),
    retryMs: 50,
    ...bounds,
  });
  const setFull = (isFull: boolean) => db.pragma(`query_only = ${isFull ? 1 : 0}`);
  return { db, disk, store, troubles, setFull, waitingCalls: () => calls, flush: () => flush(store, disk) };
}

/** As whoever writes does it: one batch, if there is one. False when it could not be written. */
function flush(store: ResilientResponseStore, disk: SqliteResponseStore): boolean {
  const batch = store.take();
  if (!batch) return true;
  try {
    disk.save(batch);
  } catch (error) {
    store.settle(error as Error);
    return false;
  }
  store.settle(null);
  return true;
}

afterEach(() => {
  vi.useRealTimers();
});

describeResponseStore('resilient response store, before it is on disk', () => openStore().store);

describeResponseStore('resilient response store, each step on disk', () => {
  const { store, flush: flushStore } = openStore({ maxClean: 0 });
  const flushed =
    <Arguments extends unknown[], Result>(act: (...given: Arguments) => Result) =>
    (...given: Arguments): Result => {
      const result = act(...given);
      flushStore();
      return result;
    };
  return {
    ...store,
    begin: flushed(store.begin),
    addOutputItem: flushed(store.addOutputItem),
    finish: flushed(store.finish),
    addAlias: flushed(store.addAlias),
    hideResponse: flushed(store.hideResponse),
  };
});

describe('resilient response store', () => {
  it('adds to a response over several writes without writing anything twice', () => {
    const { disk, store, flush } = openStore();
    store.begin(storedResponse('resp_a'), [storedItem('msg_in', 'resp_a', { direction: 'input' })]);
    flush();
    for (const position of [1, 2]) {
      store.addOutputItem(storedItem(`msg_${position}`, 'resp_a', { position }));
      store.addOutputItem(storedItem(`rs_${position}`, 'resp_a', { position: position + 10 }));
      flush();
    }
    store.finish('resp_a', { status: 'completed', response: { id: 'resp_a' }, upstreamId: null });
    flush();
    expect(disk.getItems('resp_a').map((item) => item.id)).toEqual(['msg_in', 'msg_1', 'msg_2', 'rs_1', 'rs_2']);
    expect(disk.getResponse('resp_a')?.status).toBe('completed');
  });

  it('keeps what is stored apart from what was given and handed out', () => {
    const { store } = openStore();
    const item = storedItem('msg_a', 'resp_a');
    store.begin(storedResponse('resp_a'), []);
    store.addOutputItem(item);
    item.item['role'] = 'changed';
    const out = store.getItem('msg_a');
    if (out) out.item['role'] = 'changed too';
    expect(store.getItem('msg_a')?.item['role']).toBe('assistant');
  });

  it('keeps the newest responses in memory, and finds the others on disk', () => {
    const { disk, store, flush } = openStore({ maxClean: 2 });
    for (let i = 0; i < 10; i++) {
      store.begin(storedResponse(`resp_${i}`), []);
      store.addOutputItem(storedItem(`msg_${i}`, `resp_${i}`));
    }
    flush();
    for (let i = 0; i < 10; i++) expect(store.getItem(`msg_${i}`)?.responseId).toBe(`resp_${i}`);
    store.addOutputItem(storedItem('msg_late', 'resp_0', { position: 1 }));
    flush();
    expect(disk.getItems('resp_0').map((item) => item.id)).toEqual(['msg_0', 'msg_late']);
  });

  it('goes on in memory when the disk is full, and catches up when it takes writes again', () => {
    vi.useFakeTimers();
    const { disk, store, troubles, setFull, flush, waitingCalls } = openStore();
    store.begin(storedResponse('resp_a'), [storedItem('msg_in', 'resp_a', { direction: 'input' })]);
    flush();
    setFull(true);
    store.addOutputItem(storedItem('msg_a', 'resp_a'));
    store.finish('resp_a', { status: 'completed', response: { id: 'resp_a' }, upstreamId: null });
    store.begin(storedResponse('resp_b'), []);
    store.addAlias('chatcmpl-b', 'resp_b');
    expect(flush()).toBe(false);
    expect(troubles).toHaveLength(1);
    expect(store.getItems('resp_a').map((item) => item.id)).toEqual(['msg_in', 'msg_a']);
    expect(store.getResponse('resp_b')).toBeDefined();
    expect(store.resolveAlias('chatcmpl-b')).toBe('resp_b');
    expect(disk.getResponse('resp_a')?.status).toBe('in_progress');

    setFull(false);
    // It is the clock that says when to try again, however much comes meanwhile.
    const calls = waitingCalls();
    store.addAlias('chatcmpl-c', 'resp_b');
    expect([store.take(), waitingCalls()]).toEqual([null, calls]);
    vi.runOnlyPendingTimers();
    expect(waitingCalls()).toBe(calls + 1);
    expect(flush()).toBe(true);
    expect(troubles.at(-1)).toBeNull();
    expect(disk.getResponse('resp_a')?.status).toBe('completed');
    expect(disk.getItems('resp_a')).toHaveLength(2);
    expect(disk.resolveAlias('chatcmpl-b')).toBe('resp_b');
  });

  it('does not grow without bound while the disk is full', () => {
    vi.useFakeTimers();
    const { store, setFull, flush } = openStore({ maxWaiting: 10, maxClean: 5 });
    setFull(true);
    for (let i = 0; i < 100; i++) {
      store.begin(storedResponse(`resp_${i}`), []);
      if (i % 10 === 9) vi.runOnlyPendingTimers();
      flush();
    }
    expect(store.getResponse('resp_99')).toBeDefined();
    expect(store.getResponse('resp_50')).toBeUndefined();
  });

  it('prefers the call of the session that asks also when only another one is in memory', () => {
    const { store, flush } = openStore({ maxClean: 1 });
    for (const session of ['sess_1', 'sess_2']) {
      store.begin(storedResponse(`resp_${session}`, { sessionId: session }), []);
      const item = { type: 'function_call', id: `fc_${session}`, call_id: 'call_0', name: 'f', arguments: '{}' };
      store.addOutputItem(storedItem(item.id, `resp_${session}`, { item }));
      flush();
    }
    expect(store.getCall('call_0', 'sess_1')?.id).toBe('fc_sess_1');
    expect(store.getCall('call_0', 'sess_2')?.id).toBe('fc_sess_2');
    expect(store.getCall('call_0', 'sess_3')?.id).toBe('fc_sess_2');
    expect(store.getCall('call_0')?.id).toBe('fc_sess_2');
  });

  it('writes no secret to the disk', () => {
    const { db, disk, store, flush } = openStore({ mask: (text) => text.replaceAll('sk-planted-1', '[redacted]**') });
    store.begin(storedResponse('resp_a', { request: { input: 'my key is sk-planted-1' } }), []);
    store.addOutputItem(storedItem('msg_a', 'resp_a', { item: { type: 'message', text: 'sk-planted-1' } }));
    flush();
    expect(db.serialize().includes('sk-planted-1')).toBe(false);
    expect(disk.getResponse('resp_a')?.request).toEqual({ input: 'my key is [redacted]**' });
  });

  it('does not show an item that was hidden a moment ago', () => {
    const { store, flush } = openStore();
    store.begin(storedResponse('resp_a'), []);
    store.addOutputItem(storedItem('msg_a', 'resp_a'));
    flush();
    expect(store.hideResponse('resp_a')).toBe(true);
    expect(store.getItem('msg_a')).toBeUndefined();
  });

  it('forgets a session that is deleted', () => {
    const { disk, store, flush } = openStore();
    store.begin(storedResponse('resp_a'), []);
    store.begin(storedResponse('resp_b', { sessionId: 'sess_2' }), []);
    store.forgetSession('sess_1');
    flush();
    expect(store.getResponse('resp_a')).toBeUndefined();
    expect(disk.getResponse('resp_a')).toBeUndefined();
    expect(disk.getResponse('resp_b')).toBeDefined();
  });

  it('answers as if it knew nothing when the database is gone', () => {
    const { db, store, flush } = openStore();
    db.close();
    expect(store.getResponse('resp_a')).toBeUndefined();
    expect(store.getItems('resp_a')).toEqual([]);
    store.begin(storedResponse('resp_a'), []);
    expect(flush()).toBe(false);
    expect(store.getResponse('resp_a')).toBeDefined();
  });
});
