/** How changes leave for the disk: a batch at a time, that waits again when the disk did not take it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openMemoryDatabase } from '../recorder/database.ts';
import { createResilientResponseStore } from './resilient-response-store.ts';
import { storedItem, storedResponse } from './response-store.contract.fixtures.ts';
import { createSqliteResponseStore } from './sqlite-response-store.ts';

function openStore({ maxClean = 500 } = {}) {
  const troubles: unknown[] = [];
  let calls = 0;
  const disk = createSqliteResponseStore(openMemoryDatabase());
  const store = createResilientResponseStore(disk, {
    onTrouble: (trouble) => troubles.push(trouble),
    onWaiting: () => (calls += 1),
    retryMs: 50,
    maxClean,
  });
  const take = () => store.take() ?? { responses: [], aliases: [] };
  const write = (batch: ReturnType<typeof take>) => {
    disk.save(batch);
    store.settle(null);
  };
  return { disk, store, take, write, troubles, waitingCalls: () => calls };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('batches of the resilient response store', () => {
  it('does not take what is on its way again, and what changes meanwhile is in the next batch', () => {
    const { disk, store, take, write, waitingCalls } = openStore();
    store.begin(storedResponse('resp_a'), [storedItem('msg_in', 'resp_a', { direction: 'input' })]);
    store.addAlias('chatcmpl-a', 'resp_a');
    const first = take();
    expect(first.responses).toMatchObject([{ isNew: true, newItems: [{ id: 'msg_in' }] }]);
    const calls = waitingCalls();
    store.addOutputItem(storedItem('msg_1', 'resp_a'));
    store.finish('resp_a', { status: 'completed', response: { id: 'resp_a' }, upstreamId: null });
    expect(waitingCalls()).toBeGreaterThan(calls);
    // It does not wait for the one before, and that holds what was so when it was taken.
    const second = take();
    expect(first.responses).toMatchObject([{ response: { status: 'in_progress' }, newItems: [{ id: 'msg_in' }] }]);
    write(first);
    expect(second).toMatchObject({
      responses: [{ isNew: false, response: { status: 'completed' }, newItems: [{ id: 'msg_1' }] }],
      aliases: [],
    });
    write(second);
    expect(store.take()).toBeNull();
    expect(disk.getItems('resp_a').map((item) => item.id)).toEqual(['msg_in', 'msg_1']);
    expect(store.resolveAlias('chatcmpl-a')).toBe('resp_a');
  });

  it('puts a batch that failed together with what came meanwhile, no item twice', () => {
    const { disk, store, take, write, troubles } = openStore({ maxClean: 0 });
    store.begin(storedResponse('resp_a'), [storedItem('msg_in', 'resp_a', { direction: 'input' })]);
    write(take());
    store.addOutputItem(storedItem('msg_1', 'resp_a', { position: 1 }));
    store.begin(storedResponse('resp_b'), [storedItem('msg_b', 'resp_b', { direction: 'input' })]);
    store.addAlias('chatcmpl-a', 'resp_old');
    const lost = take();
    store.addOutputItem(storedItem('msg_2', 'resp_a', { position: 2 }));
    store.addOutputItem(storedItem('msg_b2', 'resp_b'));
    store.addAlias('chatcmpl-a', 'resp_a');
    store.settle(new Error('disk full'));
    expect([lost.responses.length, troubles.length]).toEqual([2, 1]);
    // Nothing that waits is let go, although nothing is to be kept that is written.
    expect(store.getItems('resp_a').map((item) => item.id)).toEqual(['msg_in', 'msg_1', 'msg_2']);
    vi.runOnlyPendingTimers();
    const batch = take();
    expect(batch.responses.map(({ isNew, newItems }) => [isNew, newItems.map(({ id }) => id)])).toEqual([
      [true, ['msg_in', 'msg_1', 'msg_2']],
      [true, ['msg_b', 'msg_b2']],
    ]);
    expect(batch.aliases).toEqual([['chatcmpl-a', 'resp_a']]);
    write(batch);
    expect(troubles.at(-1)).toBeNull();
    expect(disk.getItems('resp_a').map((item) => item.id)).toEqual(['msg_in', 'msg_1', 'msg_2']);
    expect(disk.getItems('resp_b').map((item) => item.id)).toEqual(['msg_b', 'msg_b2']);
  });

  it('writes a response anew that failed, when a later part of it has reached the disk', () => {
    const { disk, store, take, write } = openStore();
    store.begin(storedResponse('resp_a'), [storedItem('msg_in', 'resp_a', { direction: 'input' })]);
    take();
    store.addOutputItem(storedItem('msg_1', 'resp_a'));
    const later = take();
    store.settle(new Error('locked'));
    write(later);
    vi.runOnlyPendingTimers();
    write(take());
    expect(disk.getItems('resp_a').map((item) => item.id)).toEqual(['msg_in', 'msg_1']);
  });

  it('lets an alias that was set again stand, whichever of its batches failed', () => {
    const { store, take, write } = openStore();
    for (const responseId of ['resp_a', 'resp_b']) {
      store.addAlias('chatcmpl-a', responseId);
      take();
    }
    store.settle(new Error('locked'));
    expect(store.resolveAlias('chatcmpl-a')).toBe('resp_b');
    store.settle(new Error('locked'));
    vi.runOnlyPendingTimers();
    const batch = take();
    expect(batch.aliases).toEqual([['chatcmpl-a', 'resp_b']]);
    write(batch);
    expect(store.resolveAlias('chatcmpl-a')).toBe('resp_b');
  });

  it('hands over no more than a few batches to a disk that is late, and tells when there is room again', () => {
    const { store, take, write, waitingCalls } = openStore();
    store.begin(storedResponse('resp_a'), []);
    const first = take();
    for (let i = 1; i < 4; i++) {
      store.addOutputItem(storedItem(`msg_${i}`, 'resp_a', { position: i }));
      expect(take().responses).toHaveLength(1);
    }
    store.addOutputItem(storedItem('msg_4', 'resp_a', { position: 4 }));
    expect(store.take()).toBeNull();
    const calls = waitingCalls();
    write(first);
    expect(waitingCalls()).toBe(calls + 1);
    expect(take().responses).toMatchObject([{ newItems: [{ id: 'msg_4' }] }]);
  });

  it('does not take up again what was deleted while it was on its way', () => {
    const { store, take } = openStore();
    store.begin(storedResponse('resp_a'), []);
    store.begin(storedResponse('resp_b', { sessionId: 'sess_2' }), []);
    expect(take().responses).toHaveLength(2);
    store.addOutputItem(storedItem('msg_a', 'resp_a'));
    store.forgetSession('sess_1');
    store.settle(new Error('disk full'));
    expect(store.getResponse('resp_a')).toBeUndefined();
    vi.runOnlyPendingTimers();
    expect(take().responses.map(({ response }) => response.id)).toEqual(['resp_b']);
  });

  it('tries a disk that takes nothing again and again, ever more rarely but at least every two seconds', () => {
    const { store, take, troubles, waitingCalls } = openStore();
    store.begin(storedResponse('resp_a'), []);
    const waits = [100, 200, 400, 800, 1_600, 2_000, 2_000];
    for (const wait of waits) {
      const calls = waitingCalls();
      expect(take().responses).toHaveLength(1);
      store.settle(new Error('disk full'));
      vi.advanceTimersByTime(wait - 1);
      expect([store.take(), waitingCalls()]).toEqual([null, calls]);
      vi.advanceTimersByTime(1);
      expect(waitingCalls()).toBe(calls + 1);
    }
    expect(troubles).toHaveLength(waits.length);
  });

  it('keeps what begins anew under its old id apart from what is on its way', () => {
    const { disk, store, take, write } = openStore();
    store.begin(storedResponse('resp_a'), [storedItem('msg_old', 'resp_a', { direction: 'input' })]);
    take();
    store.begin(storedResponse('resp_a'), [storedItem('msg_new', 'resp_a', { direction: 'input' })]);
    store.settle(new Error('disk full'));
    vi.runOnlyPendingTimers();
    write(take());
    expect(disk.getItems('resp_a').map((item) => item.id)).toEqual(['msg_new']);
  });
});
