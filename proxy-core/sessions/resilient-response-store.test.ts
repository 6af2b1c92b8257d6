import { describe, expect, it } from 'vitest';
import { openMemoryDatabase } from '../recorder/database.ts';
import { createMemoryResponseStore } from './memory-response-store.ts';
import { createResilientResponseStore } from './resilient-response-store.ts';
import { describeResponseStore } from './response-store.contract.ts';
import { storedItem, storedResponse } from './response-store.contract.fixtures.ts';
import { createSqliteResponseStore } from './sqlite-response-store.ts';

describeResponseStore('resilient response store', () => createResilientResponseStore(createMemoryResponseStore(), () => undefined));

describe('resilient response store, disk full', () => {
  function fullDisk() {
    const db = openMemoryDatabase();
    const troubles: unknown[] = [];
    const disk = createSqliteResponseStore(db);
    const store = createResilientResponseStore(disk, (trouble) => troubles.push(trouble));
    const setFull = (isFull: boolean) => db.pragma(`query_only = ${isFull ? 1 : 0}`);
    return { db, disk, store, troubles, setFull };
  }

  it('goes on in memory and catches up when the disk takes writes again', () => {
    const { disk, store, troubles, setFull } = fullDisk();
    store.begin(storedResponse('resp_a'), [storedItem('msg_in', 'resp_a', { direction: 'input' })]);
    setFull(true);
    store.addOutputItem(storedItem('msg_a', 'resp_a'));
    store.finish('resp_a', { status: 'completed', response: { id: 'resp_a' }, upstreamId: null });
    store.begin(storedResponse('resp_b'), []);
    store.addAlias('chatcmpl-b', 'resp_b');
    expect(troubles.length).toBeGreaterThan(0);
    expect(store.getResponse('resp_a')?.status).toBe('completed');
    expect(store.getItems('resp_a').map((item) => item.id)).toEqual(['msg_in', 'msg_a']);
    expect(store.getResponse('resp_b')).toBeDefined();
    expect(disk.getResponse('resp_a')?.status).toBe('in_progress');

    setFull(false);
    store.begin(storedResponse('resp_c'), []);
    expect(troubles.at(-1)).toBeNull();
    expect(disk.getResponse('resp_a')?.status).toBe('completed');
    expect(disk.getItems('resp_a')).toHaveLength(2);
    expect(disk.resolveAlias('chatcmpl-b')).toBe('resp_b');
    expect(disk.getResponse('resp_c')).toBeDefined();
  });

  it('does not show an item that was hidden in the meantime', () => {
    const { store, setFull } = fullDisk();
    store.begin(storedResponse('resp_a'), []);
    store.addOutputItem(storedItem('msg_a', 'resp_a'));
    setFull(true);
    expect(store.hideResponse('resp_a')).toBe(true);
    expect(store.getItem('msg_a')).toBeUndefined();
  });

  it('answers as if it knew nothing when the database is gone', () => {
    const { db, store } = fullDisk();
    db.close();
    expect(store.getResponse('resp_a')).toBeUndefined();
    expect(store.getItems('resp_a')).toEqual([]);
    expect(() => store.begin(storedResponse('resp_a'), [])).not.toThrow();
    expect(store.getResponse('resp_a')).toBeDefined();
  });
});
