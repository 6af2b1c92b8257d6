/** The response store and the record live through a restart, also of a process that was killed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../proxy-core/recorder/database.ts';
import { createPricer } from '../../proxy-core/recorder/prices.ts';
import { createQueries } from '../../proxy-core/recorder/queries/create-queries.ts';
import { interruptOrphans } from '../../proxy-core/recorder/recorder.ts';
import { acquireRunLock } from '../../proxy-core/recorder/run-lock.ts';
import { createSqliteResponseStore } from '../../proxy-core/sessions/sqlite-response-store.ts';
import { storedItem, storedResponse } from '../../proxy-core/sessions/response-store.contract.fixtures.ts';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'deltascope-restart-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the writer script until it says that its rows are committed, then kills it without warning. */
async function writeAndKill(): Promise<void> {
  const script = fileURLToPath(new URL('./store-writer.ts', import.meta.url));
  const child = spawn(process.execPath, [script, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('the writer ended before it had written')));
  });
  child.kill('SIGKILL');
  await exited;
}

describe('store over a restart', () => {
  it('finds responses, items and calls again in a new process', () => {
    const first = openDatabase(dir).db;
    const store = createSqliteResponseStore(first);
    store.begin(storedResponse('resp_a'), [storedItem('msg_in', 'resp_a', { direction: 'input' })]);
    store.addOutputItem(
      storedItem('fc_a', 'resp_a', { item: { type: 'function_call', id: 'fc_a', call_id: 'toolu_01', name: 'f', arguments: '{}' } }),
    );
    store.finish('resp_a', { status: 'completed', response: { id: 'resp_a' }, upstreamId: 'msg_01' });
    store.addAlias('msg_01', 'resp_a');
    first.close();

    const second = openDatabase(dir).db;
    const again = createSqliteResponseStore(second);
    expect(again.getResponse('resp_a')?.status).toBe('completed');
    expect(again.getItems('resp_a').map((item) => item.id)).toEqual(['msg_in', 'fc_a']);
    expect(again.getCall('toolu_01')?.responseId).toBe('resp_a');
    expect(again.resolveAlias('msg_01')).toBe('resp_a');
    second.close();
  });

  it('has everything that was flushed before a kill, and calls the cut step interrupted', async () => {
    await writeAndKill();
    const lock = acquireRunLock(dir);
    expect(lock.isAlone).toBe(true);
    const { db, setAside } = openDatabase(dir);
    expect(setAside).toBeNull();
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(interruptOrphans(db)).toBe(1);
    const { steps, streams } = createQueries(db, createPricer());
    expect(steps.get('step_1')?.status).toBe('interrupted');
    expect(streams.events('step_1')?.events.map((event) => event.sequenceNumber)).toEqual([0, 1, 2]);
    expect(createSqliteResponseStore(db).getItem('msg_killed')?.responseId).toBe('resp_killed');
    db.close();
    lock.release();
  });
});
