/** With the thread itself and a store in a file. What happens when it is slow or gone: ./recording-limits.test.ts. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TapEvent } from '../protocol/capture/tap-event.ts';
import { openDatabase, openMemoryDatabase, type WritableDatabase } from '../recorder/database.ts';
import { createPricer } from '../recorder/prices.ts';
import { createQueries } from '../recorder/queries/create-queries.ts';
import { stepEnded, stepStarted, writes } from '../recorder/recorder-fixtures.ts';
import { createSessionLinker } from '../sessions/link-session.ts';
import { createResilientResponseStore } from '../sessions/resilient-response-store.ts';
import { storedItem, storedResponse } from '../sessions/response-store.contract.fixtures.ts';
import { createSqliteResponseStore } from '../sessions/sqlite-response-store.ts';
import { createThread } from './channels.ts';
import { FAULTY, faultyStep, finding } from './recording-fixtures.ts';
import { createRecordingThread } from './recording-thread.ts';
import type { RecordingThread } from './recording-types.ts';

let dir: string;
let close: (() => Promise<void>) | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'deltascope-recording-'));
});
afterEach(async () => {
  await close?.();
  close = undefined;
  rmSync(dir, { recursive: true, force: true });
});

interface Told {
  troubles: [string | null, number][];
  notices: string[];
  /** Steps with new findings, and how many were in the store when it was told. */
  changed: { stepId: string; findings: number }[];
}

function openRecord(where: 'file' | 'memory' | 'missing file' = 'file') {
  const db = where === 'memory' ? openMemoryDatabase() : openDatabase(dir).db;
  const queries = createQueries(db, createPricer());
  const told: Told = { troubles: [], notices: [], changed: [] };
  const recorder = createRecordingThread({
    db,
    flushMs: 3_600_000,
    onTrouble: (trouble, lost) => told.troubles.push([trouble, lost]),
    onNotice: (text) => told.notices.push(text),
    onChanged(stepIds) {
      for (const stepId of stepIds) told.changed.push({ stepId, findings: queries.steps.findings(stepId)?.length ?? 0 });
    },
    ...(where === 'missing file'
      ? { openChannel: (_db, hear, onDeath) => createThread({ name: join(dir, 'missing.db') } as WritableDatabase, hear, onDeath) }
      : {}),
  });
  close = async () => {
    await recorder.close();
    db.close();
  };
  return { db, recorder, told, ...queries };
}

function observe(recorder: RecordingThread, events: readonly TapEvent[]): void {
  events.forEach(recorder.observe);
}

describe.each(['file', 'memory'] as const)('recording into a store in %s', (where) => {
  it('has written what was observed when a flush is over', async () => {
    const { db, recorder, steps, streams, told } = openRecord(where);
    const answer = writes('step_1', FAULTY);
    const bytes = answer.map((event) => ('bytes' in event ? Buffer.from(event.bytes) : Buffer.alloc(0)));
    observe(recorder, [
      stepStarted(),
      {
        type: 'upstream.request',
        stepId: 'step_1',
        attempt: 0,
        tUs: 1,
        method: 'POST',
        url: 'http://up',
        headers: [],
        body: Buffer.from('{"up":1}'),
      },
      { type: 'upstream.response', stepId: 'step_1', attempt: 0, tUs: 2, status: 200, headers: [] },
    ]);
    expect(await recorder.flush()).toBe(true);
    expect(steps.detail('step_1')).toMatchObject({ status: 'streaming', upstreamRequests: [{ body: { up: 1 } }] });
    // Over two batches, passed through as they came.
    for (const [index, event] of answer.entries()) {
      observe(recorder, [
        { type: 'upstream.chunk', stepId: 'step_1', attempt: 0, index, tUs: index, bytes: bytes[index] as Buffer },
        event,
      ]);
      expect(await recorder.flush()).toBe(true);
    }
    observe(recorder, [stepEnded()]);
    expect(await recorder.flush()).toBe(true);
    expect(steps.detail('step_1')).toMatchObject({ status: 'completed', eventCount: 2, chunkCount: 2, gap: null });
    expect(streams.events('step_1')?.events.map((event) => event.data)).toEqual(FAULTY);
    expect(Buffer.from(streams.emitted('step_1') ?? []).toString()).toBe(Buffer.concat(bytes).toString());
    expect(Buffer.from(streams.upstream('step_1') ?? []).toString()).toBe(Buffer.concat(bytes).toString());
    expect(db.prepare('SELECT sum(length(write_bytes)) AS n FROM segments').get()).toEqual({ n: 0 });
    expect([recorder.trouble(), told.troubles, told.notices]).toEqual([null, [], []]);
    expect(await recorder.flush()).toBe(true);
  });

  it('lints what it writes, and tells of findings that are written', async () => {
    const { recorder, steps, told } = openRecord(where);
    observe(recorder, faultyStep());
    await recorder.flush();
    const found = steps.findings('step_1') ?? [];
    expect(found.map(({ itemId }) => itemId)).toContain('msg_unknown');
    expect(told.changed).toEqual([{ stepId: 'step_1', findings: found.length }]);
  });

  it('leaves steps to others that judge them, and takes their findings', async () => {
    const { recorder, steps, told } = openRecord(where);
    const texts = (stepId: string) => steps.findings(stepId)?.map(({ message }) => message);
    faultyStep().forEach(recorder.observeJudged);
    recorder.addFindings('step_1', [finding('first')]);
    recorder.addFindings('step_1', [finding('second')]);
    await recorder.flush();
    expect([texts('step_1'), told.changed]).toEqual([['first', 'second'], []]);
    recorder.replaceFindings('step_1', [finding('all')]);
    await recorder.flush();
    expect(texts('step_1')).toEqual(['all']);
  });

  it('writes the links of gateways, and nothing more of a session that is deleted', async () => {
    const { recorder, steps, told } = openRecord(where);
    observe(recorder, [...faultyStep('step_outer'), ...faultyStep('step_inner', 'sess_2')]);
    recorder.linkGateway({ stepId: 'step_inner', innerOf: 'step_outer', linkedBy: 'same answer' });
    observe(recorder, [stepStarted({ stepId: 'step_gone', sessionId: 'sess_gone' })]);
    recorder.forgetSession('sess_gone');
    observe(recorder, faultyStep('step_gone').slice(1));
    expect(await recorder.flush()).toBe(true);
    expect([recorder.trouble(), told.notices]).toEqual([null, []]);
    expect(steps.detail('step_inner')).toMatchObject({ innerOf: 'step_outer' });
    expect(steps.detail('step_gone')).toBeUndefined();
  });

  it('writes responses and evidence with what the taps say', async () => {
    const { db, recorder } = openRecord(where);
    const disk = createSqliteResponseStore(db);
    const troubles: unknown[] = [];
    const store = createResilientResponseStore(disk, { onTrouble: (trouble) => troubles.push(trouble), onWaiting: recorder.wake });
    const linker = createSessionLinker({ db, createId: (prefix) => `${prefix}_1`, onWaiting: recorder.wake });
    recorder.join({ responses: store, evidence: linker.evidence });
    store.begin(storedResponse('resp_a'), []);
    linker.link({ headers: [], body: { input: 'hi', conversation: 'conv_1' }, credential: null, nowUs: 1 });
    await recorder.flush();
    expect([store.take(), linker.evidence.take()]).toEqual([null, null]);
    // Settled, or these would be on their way still.
    store.addOutputItem(storedItem('msg_a', 'resp_a'));
    await recorder.flush();
    expect(disk.getItems('resp_a').map(({ id }) => id)).toEqual(['msg_a']);
    expect(db.prepare('SELECT value FROM evidence').all()).toEqual([{ value: 'conversation:conv_1' }]);
    expect(troubles).toEqual([]);
  });

  it('writes what waits when it is closed, and nothing after that', async () => {
    const { db, recorder, steps } = openRecord(where);
    const store = createResilientResponseStore(createSqliteResponseStore(db), { onTrouble: () => undefined, onWaiting: recorder.wake });
    recorder.join({ responses: store, evidence: { take: () => null, settle: () => undefined } });
    store.begin(storedResponse('resp_a'), []);
    observe(recorder, [stepStarted()]);
    // On its way; the rest waits behind it.
    void recorder.flush();
    store.addOutputItem(storedItem('msg_a', 'resp_a'));
    observe(recorder, faultyStep().slice(1));
    await recorder.close();
    observe(recorder, [stepStarted({ stepId: 'step_late' })]);
    recorder.addFindings('step_late', [finding('late')]);
    expect(await recorder.flush()).toBe(false);
    expect(steps.detail('step_1')).toMatchObject({ status: 'failed', eventCount: 2 });
    expect(
      createSqliteResponseStore(db)
        .getItems('resp_a')
        .map(({ id }) => id),
    ).toEqual(['msg_a']);
    expect(steps.detail('step_late')).toBeUndefined();
    close = async () => void db.close();
  });
});

describe('recording thread', () => {
  it('says once that it could not begin', async () => {
    const { recorder, told } = openRecord('missing file');
    observe(recorder, [stepStarted()]);
    expect(await recorder.flush()).toBe(false);
    await recorder.close();
    expect(told.troubles).toHaveLength(1);
    expect(recorder.trouble()).toMatch(/^Nothing is recorded any more: the recording thread ended \(.+\)\. Restart Deltascope\.$/);
  });

  it('is waited for by a process that has nothing else to do', () => {
    const dir = mkdtempSync(join(tmpdir(), 'deltascope-held-'));
    const script = `
      import { openDatabase } from '${new URL('../recorder/database.ts', import.meta.url).href}';
      import { createRecordingThread } from '${new URL('./recording-thread.ts', import.meta.url).href}';
      const nothing = () => undefined;
      const { db } = openDatabase(import.meta.dirname);
      const recorder = createRecordingThread({ db, onTrouble: nothing, onChanged: nothing, onNotice: nothing });
      recorder.observe({ ...${JSON.stringify(stepStarted())}, body: new Uint8Array() });
      void recorder.close().then(() => console.log(db.prepare('SELECT count(*) AS steps FROM steps').get().steps));`;
    writeFileSync(join(dir, 'record.mjs'), script);
    const said = execFileSync(process.execPath, [join(dir, 'record.mjs')], { encoding: 'utf8' });
    rmSync(dir, { recursive: true });
    expect(said).toBe('1\n');
  });
});
