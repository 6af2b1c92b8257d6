/** A store that another process holds: while the bridge runs, while it starts, and in a way that keeps it out for good. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionWithSteps, Step } from '../../proxy-core/protocol/api/control-api.ts';
import { openLive } from '../helpers/live-reader.ts';
import { spawnBridge } from '../helpers/spawn-bridge.ts';
import { makeDir, openStage, troubleOf, type Stage } from './store-stage.ts';

let stage: Stage;
let dir: string;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(() => (dir = makeDir()));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Holds the store in a process of its own until it is let go. */
async function holdStore(sql: string): Promise<() => Promise<void>> {
  const script = `
    const db = new (require(${JSON.stringify(join(import.meta.dirname, '../../node_modules/better-sqlite3'))}))(process.argv[1], { timeout: 10_000 });
    db.exec(process.argv[2]);
    process.stdout.write('held');
    process.stdin.on('end', () => process.exit()).resume();`;
  const child = spawn(process.execPath, ['-e', script, join(dir, 'deltascope.db'), sql], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('the other process could not take the store')));
  });
  return async () => {
    child.stdin.end();
    await exited;
  };
}

describe('a store that another process holds locked', () => {
  it('costs no stream a byte, is said, and is caught up with when it is free', async () => {
    const bridge = await spawnBridge(dir, stage.upstreams);
    const live = await openLive(bridge.ready);
    await stage.ask(bridge, 'before');
    const letGo = await holdStore('BEGIN IMMEDIATE');
    const during = await stage.ask(bridge, 'during');
    expect((await live.next('recorder')).trouble).toBe(
      'Nothing is recorded just now: another program holds the store locked; close that program.',
    );
    expect(await troubleOf(bridge)).toMatch(/^Nothing is recorded just now/);
    // What was recorded before can still be read; what would have to write says why it can't.
    const { sessions } = await bridge.api<{ sessions: { id: string }[] }>('/api/sessions');
    expect(sessions).toHaveLength(2);
    const first = sessions[0]?.id ?? '';
    const refused = await fetch(`${bridge.ready.url}/api/sessions/${first}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${bridge.ready.token}` },
      body: '{"pinned":true}',
    });
    expect([refused.status, await refused.json()]).toMatchObject([
      503,
      { error: { code: 'store_unavailable', message: expect.stringContaining('another program holds the store locked') } },
    ]);
    // A chain goes on from a response that is not on disk yet.
    const { responseId } = await waitForStep();
    await letGo();
    await live.next('recorder', ({ trouble }) => trouble === null);
    expect(await troubleOf(bridge)).toBeNull();
    for (const step of [during.passed, during.translated]) {
      expect(await bridge.api<Step>(`/api/steps/${step}`)).toMatchObject({ status: 'completed', gap: null });
    }
    await live.close();
    expect(await bridge.stop()).toBe(0);

    const after = await spawnBridge(dir, stage.upstreams);
    const reply = await fetch(`${after.ready.apiBase}/responses/${responseId}`);
    expect([reply.status, await reply.json()]).toMatchObject([200, { id: responseId, status: 'completed' }]);
    await after.stop();

    async function waitForStep(): Promise<{ responseId: string }> {
      const chained = await fetch(`${bridge.ready.apiBase}/responses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'demo/demo-claude', input: 'first' }),
      });
      const { id } = (await chained.json()) as { id: string };
      const next = await fetch(`${bridge.ready.apiBase}/responses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'demo/demo-claude', input: 'second', previous_response_id: id }),
      });
      expect([next.status, ((await next.json()) as { previous_response_id: string }).previous_response_id]).toEqual([200, id]);
      return { responseId: id };
    }
  });

  it('does not keep the bridge from starting; what a crash left behind is cleared up when it is free', async () => {
    const killed = await spawnBridge(dir, stage.upstreams);
    const { passed } = await stage.ask(killed);
    const step = await killed.api<Step>(`/api/steps/${passed}`);
    await killed.kill();
    // As if the bridge had died in the middle of that step.
    await (
      await holdStore(`UPDATE steps SET status = 'streaming' WHERE id = '${passed}'`)
    )();

    const letGo = await holdStore('BEGIN IMMEDIATE');
    const bridge = await spawnBridge(dir, stage.upstreams);
    const live = await openLive(bridge.ready);
    await stage.ask(bridge);
    await live.next('recorder', ({ trouble }) => trouble !== null);
    await letGo();
    await live.next('recorder', ({ trouble }) => trouble === null);
    await expect
      .poll(
        async () => (await bridge.api<SessionWithSteps>(`/api/sessions/${step.sessionId}`)).steps.find(({ id }) => id === passed)?.status,
        {
          timeout: 20_000,
        },
      )
      .toBe('interrupted');
    await live.close();
    expect(await bridge.stop()).toBe(0);
  });

  it('for itself alone is left to the other process; the bridge goes on in memory, and says so', async () => {
    await (await spawnBridge(dir, stage.upstreams)).stop();
    const letGo = await holdStore('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    const bridge = await spawnBridge(dir, stage.upstreams);
    const { passed } = await stage.ask(bridge);
    expect(await troubleOf(bridge)).toMatch(
      /can't be used: another program holds the store locked; close that program\. What is recorded now is lost/,
    );
    expect(await bridge.api<Step>(`/api/steps/${passed}`)).toMatchObject({ status: 'completed' });
    expect(await bridge.stop()).toBe(0);
    await letGo();
  });
});
