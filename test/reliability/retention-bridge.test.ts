/** Deleting in the whole product: a chain to a deleted response, the file's size after DELETE, limits from flags, variables and the page. */
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BridgeInfo, Session } from '../../proxy-core/protocol/api/control-api.ts';
import { openLive } from '../helpers/live-reader.ts';
import { spawnBridge, type SpawnedBridge } from '../helpers/spawn-bridge.ts';
import { makeDir, openStage, type Stage } from './store-stage.ts';

let stage: Stage;
let dir: string;
beforeAll(async () => {
  stage = await openStage(5_000);
});
afterAll(() => stage.close());
beforeEach(() => {
  dir = join(makeDir(), 'data');
  mkdirSync(dir);
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true, force: true }));

const file = () => join(dir, 'deltascope.db');
const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
const sessionsOf = async (bridge: SpawnedBridge) => (await bridge.api<{ sessions: Session[] }>('/api/sessions')).sessions;

async function chain(
  bridge: SpawnedBridge,
  previous?: string,
): Promise<{ status: number; body: { id: string; error?: { code: string; message: string } } }> {
  const reply = await fetch(`${bridge.ready.apiBase}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'demo/demo-claude',
      input: 'Hello',
      ...(previous === undefined ? {} : { previous_response_id: previous }),
    }),
  });
  return { status: reply.status, body: (await reply.json()) as { id: string; error?: { code: string; message: string } } };
}

/** As if everything in the store had been recorded that many days ago. */
function makeOlder(days: number): void {
  const db = new Sqlite(file());
  const us = days * 86_400_000_000;
  db.exec(
    `UPDATE sessions SET started_at = started_at - ${us}, stored_at = stored_at - ${us}; UPDATE steps SET started_at = started_at - ${us}`,
  );
  db.close();
}

describe('deleting', () => {
  it('a session from the page makes the file smaller at once; a chain to it fails as one to an unknown id', async () => {
    const bridge = await spawnBridge(dir, stage.upstreams);
    const kept = await chain(bridge);
    await stage.ask(bridge, 'large');
    const gone = await chain(bridge);
    const sessions = await sessionsOf(bridge);
    const before = sizeOf(file()) + sizeOf(`${file()}-wal`);
    expect(before).toBeGreaterThan(stage.bytes.length);
    const live = await openLive(bridge.ready);
    for (const session of sessions.slice(0, -1)) {
      const reply = await fetch(`${bridge.ready.url}/api/sessions/${session.id}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${bridge.ready.token}` },
      });
      expect(reply.status).toBe(204);
      expect(await live.next('deleted')).toEqual({ sessionIds: [session.id], reason: null });
    }
    expect(sizeOf(file()) + sizeOf(`${file()}-wal`)).toBeLessThan(before - stage.bytes.length);
    const unknown = await chain(bridge, 'resp_never_made');
    const deleted = await chain(bridge, gone.body.id);
    expect(deleted.status).toBe(unknown.status);
    expect(deleted.body.error).toEqual({
      ...unknown.body.error,
      message: unknown.body.error?.message.replace('resp_never_made', gone.body.id),
    });
    expect(deleted.body.error?.code).toBe('previous_response_not_found');
    expect((await chain(bridge, kept.body.id)).status).toBe(200);
    await live.close();
    expect(await bridge.stop()).toBe(0);
  });

  it('by a flag, soon after the start, while streams run; it is said on the page and on the terminal', async () => {
    const first = await spawnBridge(dir, stage.upstreams);
    for (let i = 0; i < 3; i++) await stage.ask(first, `old ${i}`);
    expect(await first.stop()).toBe(0);
    makeOlder(40);
    const before = sizeOf(file());

    const bridge = await spawnBridge(dir, stage.upstreams, { flags: ['--keep-days', '30'] });
    const live = await openLive(bridge.ready);
    let isOver = false;
    const told = live.next('deleted', ({ reason }) => reason !== null).finally(() => (isOver = true));
    while (!isOver) await stage.ask(bridge, 'meanwhile');
    expect((await told).reason).toBe('6 old sessions were deleted: sessions are kept for 30 days.');
    expect(bridge.output()).toContain('deltascope: 6 old sessions were deleted: sessions are kept for 30 days.');
    expect((await sessionsOf(bridge)).some(({ title }) => title.startsWith('old'))).toBe(false);
    expect((await bridge.api<BridgeInfo>('/api/info')).keep).toMatchObject({
      days: 30,
      sizeBytes: 10_000_000_000,
      isFixed: { days: true, size: false },
    });
    const refused = await fetch(`${bridge.ready.url}/api/keep`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${bridge.ready.token}` },
      body: '{"days":7}',
    });
    expect(refused.status).toBe(409);
    await live.close();
    expect(await bridge.stop()).toBe(0);
    expect(before).toBeGreaterThan(0);
  });

  it('by the page: the limit is kept in the store and works at once', async () => {
    const first = await spawnBridge(dir, stage.upstreams);
    for (let i = 0; i < 3; i++) await stage.ask(first, `old ${i}`);
    expect(await first.stop()).toBe(0);
    makeOlder(1);
    const before = sizeOf(file());
    expect(before).toBeGreaterThan(2_500_000);

    const bridge = await spawnBridge(dir, stage.upstreams);
    const live = await openLive(bridge.ready);
    expect(await bridge.api('/api/keep', { method: 'PATCH', body: '{"sizeBytes":1500000}' })).toMatchObject({
      sizeBytes: 1_500_000,
      days: null,
    });
    expect((await live.next('deleted', ({ reason }) => reason !== null)).reason).toMatch(/the store is kept under 1\.5 MB\.$/);
    expect(sizeOf(file())).toBeLessThan(1_500_000);
    expect((await sessionsOf(bridge)).map(({ title }) => title)).not.toContain('old 0');
    await live.close();
    expect(await bridge.stop()).toBe(0);
    const again = await spawnBridge(dir, stage.upstreams);
    expect((await again.api<BridgeInfo>('/api/info')).keep.sizeBytes).toBe(1_500_000);
    expect(await again.stop()).toBe(0);
  });

  it('reads its limits from variables and the config file, and refuses what makes no sense', async () => {
    const config = join(dir, '..', 'config.json');
    writeFileSync(config, JSON.stringify({ keepSize: '2 GB', keepDays: 90 }));
    const bridge = await spawnBridge(dir, stage.upstreams, { flags: ['--config', config], env: { DELTASCOPE_KEEP_DAYS: 'off' } });
    expect((await bridge.api<BridgeInfo>('/api/info')).keep).toMatchObject({
      sizeBytes: 2_000_000_000,
      days: null,
      isFixed: { size: true, days: true },
    });
    expect(await bridge.stop()).toBe(0);
    await expect(spawnBridge(dir, stage.upstreams, { flags: ['--keep-size', 'much'] })).rejects.toThrow(
      /ended with 2: .*The size to keep, much, must be like 500MB or 10GB/s,
    );
    await expect(spawnBridge(dir, stage.upstreams, { flags: ['--keep-days', '0'] })).rejects.toThrow(
      /The days to keep, 0, must be a whole number/,
    );
  });
});
