import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BridgeInfo, EventsPage, Session, SessionsPage } from '../../protocol/api/control-api.ts';
import { openDatabase, type WritableDatabase } from '../../recorder/database.ts';
import { createPricer } from '../../recorder/prices.ts';
import { finishDeletions, truncateLog } from '../../recorder/queries/delete-session.ts';
import { createQueries } from '../../recorder/queries/create-queries.ts';
import { createRecorder, type Recorder } from '../../recorder/recorder.ts';
import { createRetention, type Retention } from '../../recorder/retention.ts';
import { stepEnded, stepStarted, writes } from '../../recorder/recorder-fixtures.ts';
import { createSqliteResponseStore } from '../../sessions/sqlite-response-store.ts';
import { storedItem, storedResponse } from '../../sessions/response-store.contract.fixtures.ts';
import { handleError, handleUnknownRoute } from '../middleware/error-handler.ts';
import { createControlRouter } from './index.ts';
import { createLiveFeed, type LiveFeed } from './live-feed.ts';

let dir: string;
let db: WritableDatabase;
let recorder: Recorder;
let live: LiveFeed;
let retention: Retention;
let server: Server;
let base: string;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'deltascope-api-'));
  ({ db } = openDatabase(dir));
  recorder = createRecorder({ db });
  const pricer = createPricer();
  const queries = createQueries(db, pricer);
  live = createLiveFeed({ queries, flush: recorder.flush, tickMs: 3_600_000 });
  retention = createRetention({ db, configured: { days: 30 }, forgetSession: () => undefined, onDeleted: () => undefined });
  const info = (): BridgeInfo => ({
    version: '1.2.3',
    url: '',
    apiBase: '',
    dataDir: dir,
    upstreams: [],
    recorderTrouble: recorder.trouble(),
    keep: retention.status(),
  });
  const app = express();
  app.use(
    '/api',
    createControlRouter({
      db,
      queries,
      pricer,
      recorder,
      forgetSession: recorder.forgetSession,
      retention,
      mask: (text) => text,
      live,
      runDemo: async () => ({ sessionId: null }),
      judge: { judge: async () => [], close: async () => undefined },
      info,
    }),
  );
  app.use(handleUnknownRoute, handleError);
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
});

afterEach(async () => {
  retention.close();
  live.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  recorder.close();
  db.close();
  rmSync(dir, { recursive: true, force: true });
});

const getJson = async <T>(path: string) => (await (await fetch(base + path)).json()) as T;
const observe = (...events: Parameters<Recorder['observe']>[0][]) =>
  events.forEach((event) => {
    recorder.observe(event);
    live.observe(event);
  });

describe('control router', () => {
  it('answers at once with what was tapped a moment ago', async () => {
    observe(stepStarted(), ...writes('step_1', [{ type: 'response.created', sequence_number: 0, response: { id: 'resp_1' } }]));
    const { sessions, nextCursor } = await getJson<SessionsPage>('/sessions');
    expect([sessions[0]?.id, sessions[0]?.status, nextCursor]).toEqual(['sess_1', 'streaming', null]);
    expect(await getJson('/sessions/sess_1')).toMatchObject({ id: 'sess_1', steps: [{ id: 'step_1', responseId: 'resp_1' }] });
    expect(await getJson('/steps/step_1')).toMatchObject({
      request: { body: { model: 'claude-haiku-4-5' } },
      upstreamRequests: [],
      response: null,
      warnings: [],
    });
    expect((await getJson<EventsPage>('/steps/step_1/events')).total).toBe(1);
    expect(await getJson('/steps/step_1/findings')).toEqual({ findings: [] });
    expect(await getJson('/health')).toEqual({ status: 'ok', version: '1.2.3' });
    expect(await getJson('/info')).toMatchObject({ dataDir: dir });
  });

  it('gives exact bytes, also those that are no text', async () => {
    const bytes = Buffer.from([0xff, 0, 0xf0, 0x9f, 10, 13]);
    observe(
      stepStarted(),
      { type: 'upstream.chunk', stepId: 'step_1', attempt: 0, index: 0, tUs: 1, bytes: Buffer.from('first') },
      { type: 'upstream.chunk', stepId: 'step_1', attempt: 1, index: 1, tUs: 2, bytes },
      { type: 'client.write', stepId: 'step_1', tUs: 3, bytes, events: [] },
    );
    const load = async (path: string) => Buffer.from(await (await fetch(base + path)).arrayBuffer());
    expect(await load('/steps/step_1/emitted')).toEqual(bytes);
    expect(await load('/steps/step_1/upstream')).toEqual(bytes);
    expect((await load('/steps/step_1/upstream?attempt=0')).toString()).toBe('first');
    expect(await load('/steps/step_1/upstream?attempt=7')).toEqual(Buffer.alloc(0));
  });

  it.each([
    '/sessions/none',
    '/steps/none',
    '/steps/none/events',
    '/steps/none/chunks',
    '/steps/none/emitted',
    '/steps/none/upstream',
    '/steps/none/findings',
    '/nothing',
  ])('says 404 in OpenAI shape for %s', async (path) => {
    const response = await fetch(base + path);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: { message: expect.any(String), type: 'invalid_request_error', param: null, code: null },
    });
  });

  it.each([
    '/steps/step_1/events?after=x',
    '/steps/step_1/events?limit=0',
    '/steps/step_1/chunks?limit=1.5',
    '/sessions?limit=-1',
    '/steps/step_1/upstream?attempt=-1',
    '/sessions?q=a&q=b',
  ])('says 400 and names the parameter for %s', async (path) => {
    observe(stepStarted());
    const response = await fetch(base + path);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: { param: string } }).error.param).toMatch(/^(after|limit|attempt|q)$/);
  });

  it('renames and pins', async () => {
    observe(stepStarted());
    const patch = (body: unknown) => fetch(`${base}/sessions/sess_1`, { method: 'PATCH', body: JSON.stringify(body) });
    expect(await (await patch({ title: 'Mine', pinned: true })).json()).toMatchObject({ title: 'Mine', pinned: true });
    expect((await patch({ pinned: 'yes' })).status).toBe(400);
    expect((await patch([])).status).toBe(400);
    expect((await fetch(`${base}/sessions/none`, { method: 'PATCH', body: '{}' })).status).toBe(404);
  });

  it('says and changes how much is kept, but not what was set at the start', async () => {
    const patch = (body: unknown) => fetch(`${base}/keep`, { method: 'PATCH', body: JSON.stringify(body) });
    expect((await getJson<BridgeInfo>('/info')).keep).toMatchObject({
      sizeBytes: 10_000_000_000,
      days: 30,
      isFixed: { size: false, days: true },
    });
    expect(await (await patch({ sizeBytes: 50_000_000 })).json()).toMatchObject({ sizeBytes: 50_000_000, days: 30 });
    expect(await (await patch({ sizeBytes: null })).json()).toMatchObject({ sizeBytes: null });
    expect((await patch({ days: 7 })).status).toBe(409);
    for (const wrong of [{ sizeBytes: 1 }, { sizeBytes: '10 GB' }, { sizeBytes: 1.5e6 + 0.5 }, { days: 0 }, { days: '7' }, [], 'x']) {
      expect([wrong, (await patch(wrong)).status]).toEqual([wrong, 400]);
    }
  });

  it('finishes at the next start a deletion that was cut off', async () => {
    observe(stepStarted(), stepEnded(), stepStarted({ stepId: 'step_2', sessionId: 'sess_2' }));
    recorder.flush();
    db.prepare("DELETE FROM sessions WHERE id = 'sess_1'").run();
    await finishDeletions(db);
    expect(db.prepare('SELECT id FROM steps').all()).toEqual([{ id: 'step_2' }]);
  });

  it('deletes a session with everything, and gives the space back', async () => {
    const chunk = (stepId: string, index: number) => ({
      type: 'upstream.chunk' as const,
      stepId,
      attempt: 0,
      index,
      tUs: index,
      bytes: Buffer.alloc(100_000, `${stepId}${index}`),
    });
    observe(
      stepStarted(),
      stepStarted({ stepId: 'step_2', sessionId: 'sess_2', body: Buffer.from('{"input":"another"}') }),
      chunk('step_2', 0),
      stepEnded({ stepId: 'step_2' }),
    );
    for (let i = 0; i < 80; i++) observe(chunk('step_1', i));
    const store = createSqliteResponseStore(db);
    store.begin(storedResponse('resp_1'), []);
    store.addOutputItem(storedItem('msg_1', 'resp_1'));
    recorder.flush();
    await truncateLog(db);
    const before = statSync(join(dir, 'deltascope.db')).size;
    const response = await fetch(`${base}/sessions/sess_1`, { method: 'DELETE' });
    expect([response.status, await response.text()]).toEqual([204, '']);
    // The stream goes on; nothing of it may come back.
    observe(chunk('step_1', 80), stepEnded());
    recorder.flush();
    expect(statSync(join(dir, 'deltascope.db')).size).toBeLessThan(before - 7_000_000);
    expect((await fetch(`${base}/sessions/sess_1`)).status).toBe(404);
    expect((await fetch(`${base}/steps/step_1`)).status).toBe(404);
    expect((await fetch(`${base}/sessions/sess_1`, { method: 'DELETE' })).status).toBe(404);
    expect(await getJson('/sessions/sess_2')).toMatchObject({ stepCount: 1 });
    expect(store.getResponse('resp_1')).toBeUndefined();
    expect(store.getItem('msg_1')).toBeUndefined();
    const rows = ['steps', 'segments', 'bodies', 'sessions'].map(
      (table) => (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n,
    );
    expect(rows).toEqual([1, 1, 1, 1]);
  });
});

describe('live feed', () => {
  async function openFeed() {
    const response = await fetch(`${base}/live`);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    return async (until: string) => {
      while (!text.includes(until)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`The feed ended: ${text}`);
        text += value;
      }
      const all = text;
      text = '';
      return all;
    };
  }

  it('tells changed steps, sessions and totals once per tick', async () => {
    const readUntil = await openFeed();
    await readUntil('retry: 1000');
    observe(
      stepStarted(),
      ...writes(
        'step_1',
        Array.from({ length: 20 }, (_, i) => ({ type: 'x', sequence_number: i })),
      ),
    );
    live.tick();
    const first = await readUntil('event: session');
    expect(first.match(/^event: .*/gm)).toEqual(['event: step', 'event: events', 'event: session']);
    expect(first).toContain('data: {"stepId":"step_1","total":20}');
    observe(...writes('step_1', [{ type: 'y' }], { index: 20, offset: 9_999 }));
    live.tick();
    expect((await readUntil('"total":21')).match(/^event: .*/gm)).toEqual(['event: events']);
    observe(stepEnded());
    live.tick();
    const last = await readUntil('event: session');
    const session = /event: session\ndata: (.*)/.exec(last)?.[1] ?? '';
    expect((JSON.parse(session) as Session).status).toBe('completed');
  });

  it('spreads the news of many steps over several ticks', () => {
    let text = '';
    live.subscribe({ pendingBytes: () => 0, write: (more) => (text += more), drop: () => undefined });
    const told = () => text.match(/^event: step$/gm)?.length ?? 0;
    for (let i = 0; i < 60; i++) observe(stepStarted({ stepId: `step_${i}`, sessionId: `sess_${i}` }));
    live.tick();
    expect(told()).toBeGreaterThan(0);
    expect(told()).toBeLessThanOrEqual(50);
    for (let i = 0; i < 60; i++) live.tick();
    expect(told()).toBe(60);
  });

  it('drops a reader that does not read', async () => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET /api/live HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    observe(stepStarted({ path: `/${'x'.repeat(100_000)}` }));
    for (let i = 0; i < 600; i++) {
      live.stepChanged('step_1');
      live.tick();
    }
    socket.resume();
    await closed;
  });
});
