/** What is kept: whole sessions go by size and age, the oldest first; pinned and running ones stay; the file gets smaller. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TapEvent } from '../../proxy-core/protocol/capture/tap-event.ts';
import type { KeepLimits } from '../../proxy-core/protocol/api/keep.ts';
import { openDatabase, openMemoryDatabase, type WritableDatabase } from '../../proxy-core/recorder/database.ts';
import { finishDeletions, truncateLog } from '../../proxy-core/recorder/queries/delete-session.ts';
import { updateSession } from '../../proxy-core/recorder/queries/sessions.ts';
import { createRecorder, type Recorder } from '../../proxy-core/recorder/recorder.ts';
import { stepEnded, stepStarted } from '../../proxy-core/recorder/recorder-fixtures.ts';
import { createRetention, type Retention } from '../../proxy-core/recorder/retention.ts';
import { storedItem, storedResponse } from '../../proxy-core/sessions/response-store.contract.fixtures.ts';
import { createSqliteResponseStore } from '../../proxy-core/sessions/sqlite-response-store.ts';
import { makeDir } from './store-stage.ts';

const DAY_US = 86_400_000_000;
/** Far ahead of the real clock, by which `stored_at` is written. */
const NOW_US = Date.now() * 1_000 + 1_000 * DAY_US;
const MB = 1_000_000;

let dir: string;
let db: WritableDatabase;
let recorder: Recorder;
let retention: Retention | undefined;
let told: { ids: string[]; reason: string | null }[];
let forgotten: string[];

beforeEach(() => {
  dir = makeDir();
  open(openDatabase(dir).db);
});
afterEach(() => {
  retention?.close();
  retention = undefined;
  recorder.close();
  db.close();
  rmSync(dir, { recursive: true, force: true });
});

function open(database: WritableDatabase): void {
  db = database;
  recorder = createRecorder({ db, flushMs: 3_600_000 });
  told = [];
  forgotten = [];
}

function keep(
  configured: Partial<KeepLimits>,
  pace: () => Promise<void> = () => new Promise((resolve) => void setImmediate(resolve)),
): Retention {
  retention = createRetention({
    db,
    configured,
    forgetSession: (id) => void forgotten.push(id),
    onDeleted: (ids, reason) => told.push({ ids, reason }),
    nowUs: () => NOW_US,
    pace,
  });
  return retention;
}

/** A session of one step, this many days old and this many MB large. */
function record(
  sessionId: string,
  { daysAgo, megabytes = 1, isRunning = false }: { daysAgo: number; megabytes?: number; isRunning?: boolean },
): void {
  const stepId = `step_of_${sessionId}`;
  const startedAtUs = NOW_US - daysAgo * DAY_US;
  const events: TapEvent[] = [
    stepStarted({ stepId, sessionId, startedAtUs, body: Buffer.from(JSON.stringify({ model: 'm', input: sessionId })) }),
  ];
  for (let index = 0; index < megabytes * 10; index++) {
    events.push({ type: 'upstream.chunk', stepId, attempt: 0, index, tUs: index, bytes: Buffer.alloc(100_000, `${sessionId} ${index} `) });
  }
  if (!isRunning) events.push(stepEnded({ stepId }));
  events.forEach(recorder.observe);
  recorder.flush();
  // As if it had been recorded then.
  db.prepare('UPDATE sessions SET stored_at = ? WHERE id = ?').run(startedAtUs, sessionId);
  const store = createSqliteResponseStore(db);
  store.begin(storedResponse(`resp_${sessionId}`, { sessionId }), [
    storedItem(`in_${sessionId}`, `resp_${sessionId}`, { direction: 'input' }),
  ]);
}

const sessions = () =>
  db
    .prepare<[], { id: string }>('SELECT id FROM sessions ORDER BY started_at')
    .all()
    .map(({ id }) => id);
const fileSize = () => statSync(join(dir, 'deltascope.db')).size;
const walSize = () => statSync(join(dir, 'deltascope.db-wal')).size;

describe('retention', () => {
  it('deletes nothing by itself below 10 GB, however old it is', async () => {
    record('sess_old', { daysAgo: 5_000 });
    expect(keep({}).status()).toMatchObject({ sizeBytes: 10_000_000_000, days: null, isFixed: { size: false, days: false } });
    expect(await retention?.run()).toBe(0);
    expect(sessions()).toEqual(['sess_old']);
    expect(told).toEqual([]);
  });

  it('by size: the oldest go, whole, until the store fits; the file and its log get smaller, and it is said', async () => {
    for (let i = 9; i >= 1; i--) record(`sess_${i}`, { daysAgo: i, megabytes: 2 });
    await truncateLog(db);
    const before = fileSize();
    expect(before).toBeGreaterThan(18 * MB);
    const deleted = await keep({ sizeBytes: 10 * MB }).run();
    expect(sessions()).toEqual(['sess_4', 'sess_3', 'sess_2', 'sess_1']);
    expect(deleted).toBe(5);
    expect(fileSize()).toBeLessThan(10 * MB);
    expect(fileSize()).toBeGreaterThan(8 * MB);
    expect(walSize()).toBe(0);
    expect(told.flatMap(({ ids }) => ids)).toEqual(['sess_9', 'sess_8', 'sess_7', 'sess_6', 'sess_5']);
    expect(forgotten).toEqual(told.flatMap(({ ids }) => ids));
    expect(told.at(-1)).toEqual({ ids: [], reason: '5 old sessions were deleted: the store is kept under 10 MB.' });
    // Nothing of them is left in any table.
    for (const table of ['steps', 'bodies', 'responses', 'items']) {
      expect([table, (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n]).toEqual([table, 4]);
    }
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(await retention?.run()).toBe(0);
  });

  it('by age: what was touched within the days stays, also when it began before', async () => {
    record('sess_40', { daysAgo: 40 });
    record('sess_31', { daysAgo: 31 });
    record('sess_on', { daysAgo: 35 });
    [
      stepStarted({ stepId: 'step_late', sessionId: 'sess_on', index: 1, startedAtUs: NOW_US - 5 * DAY_US }),
      stepEnded({ stepId: 'step_late' }),
    ].forEach(recorder.observe);
    recorder.flush();
    record('sess_29', { daysAgo: 29 });
    expect(await keep({ days: 30 }).run()).toBe(2);
    expect(sessions()).toEqual(['sess_on', 'sess_29']);
    expect(told.at(-1)?.reason).toBe('2 old sessions were deleted: sessions are kept for 30 days.');
  });

  it('never deletes what is pinned, running, or was a moment ago', async () => {
    record('sess_pinned', { daysAgo: 90 });
    updateSession(db, 'sess_pinned', { pinned: true });
    record('sess_running', { daysAgo: 80, isRunning: true });
    record('sess_over', { daysAgo: 70 });
    record('sess_just_now', { daysAgo: 5 / (24 * 60) });
    expect(await keep({ days: 1, sizeBytes: MB }).run()).toBe(1);
    expect(sessions()).toEqual(['sess_pinned', 'sess_running', 'sess_just_now']);
    updateSession(db, 'sess_pinned', { pinned: false });
    expect(await retention?.run()).toBe(1);
    expect(sessions()).toEqual(['sess_running', 'sess_just_now']);
  });

  it('lets a session stay that is pinned while others are being deleted', async () => {
    for (let i = 5; i >= 1; i--) record(`sess_${i}`, { daysAgo: i });
    const pinLast = async () => {
      updateSession(db, 'sess_3', { pinned: true });
      await new Promise((resolve) => void setImmediate(resolve));
    };
    expect(await keep({ sizeBytes: MB }, pinLast).run()).toBe(4);
    expect(sessions()).toEqual(['sess_3']);
  });

  it('counts the days of an imported session from its import', async () => {
    record('sess_imported', { daysAgo: 400 });
    db.prepare('UPDATE sessions SET stored_at = ?').run(NOW_US - DAY_US);
    expect(await keep({ days: 30 }).run()).toBe(0);
    // Rows of older versions do not know when they came.
    db.prepare('UPDATE sessions SET stored_at = NULL').run();
    expect(await retention?.run()).toBe(1);
  });

  it("keeps a gateway's inner calls as long as the session they belong to, and deletes them with it", async () => {
    record('sess_outer', { daysAgo: 50 });
    record('sess_inner', { daysAgo: 50 });
    recorder.linkGateway({ stepId: 'step_of_sess_inner', innerOf: 'step_of_sess_outer', linkedBy: 'test' });
    recorder.flush();
    updateSession(db, 'sess_outer', { pinned: true });
    expect(await keep({ days: 30 }).run()).toBe(0);
    updateSession(db, 'sess_outer', { pinned: false });
    expect(await retention?.run()).toBe(1);
    expect(sessions()).toEqual([]);
    expect(told[0]?.ids).toEqual(['sess_outer', 'sess_inner']);
  });

  it('finishes at the next start what was cut off in the middle of a session', async () => {
    record('sess_old', { daysAgo: 50, megabytes: 20 });
    record('sess_new', { daysAgo: 1 });
    const cut = () => Promise.reject(new Error('the process ends here'));
    await expect(keep({ days: 30 }, cut).run()).rejects.toThrow('ends here');
    expect(sessions()).toEqual(['sess_new']);
    expect(db.prepare('SELECT id FROM steps').all()).toHaveLength(2);
    await finishDeletions(db);
    expect(db.prepare('SELECT id FROM steps').all()).toEqual([{ id: 'step_of_sess_new' }]);
    expect(db.prepare('SELECT id FROM responses').all()).toEqual([{ id: 'resp_sess_new' }]);
    expect(db.prepare("SELECT key FROM meta WHERE key GLOB 'deleting *'").all()).toEqual([]);
    expect(fileSize()).toBeLessThan(4 * MB);
  });

  it('works in many small slices, with pauses between them', async () => {
    record('sess_large', { daysAgo: 50, megabytes: 60 });
    let pauses = 0;
    const pace = async () => void (pauses += 1);
    expect(await keep({ days: 30 }, pace).run()).toBe(1);
    expect(pauses).toBeGreaterThan(50);
  });

  it('keeps a store that lives in memory below what memory may take', async () => {
    recorder.close();
    db.close();
    open(openMemoryDatabase());
    for (let i = 9; i >= 1; i--) record(`sess_${i}`, { daysAgo: i, megabytes: 26 });
    expect(await keep({}).run()).toBe(2);
    expect(sessions()).toHaveLength(7);
  });

  it('is a setting of the store where nothing was configured', async () => {
    record('sess_old', { daysAgo: 50 });
    await keep({ sizeBytes: 50 * MB }).change({ days: 30 });
    expect(await retention?.run()).toBe(1);
    retention?.close();
    expect(keep({}).status()).toMatchObject({ days: 30, sizeBytes: 10_000_000_000 });
    expect(readdirSync(dir)).toContain('deltascope.db');
  });
});
