/** A disk that is full: real small disks and real file limits under a bridge in a process of its own. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLive } from '../helpers/live-reader.ts';
import { spawnBridge, type SpawnedBridge } from '../helpers/spawn-bridge.ts';
import { makeDir, mountSmallDisk, openStage, troubleOf, type Stage } from './store-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** Asks until the bridge says that it can't write; every stream is compared on the way. */
async function fillUp(bridge: SpawnedBridge, most: number): Promise<string[]> {
  const steps: string[] = [];
  for (let i = 0; i < most; i++) {
    const { passed } = await stage.ask(bridge, `question ${i}`);
    steps.push(passed);
    if ((await troubleOf(bridge)) !== null) return steps;
  }
  throw new Error(`After ${most} requests the disk was still not full.`);
}

async function expectRecorded(bridge: SpawnedBridge, steps: string[]): Promise<void> {
  for (const step of steps) {
    const reply = await fetch(`${bridge.ready.url}/api/steps/${step}/emitted`, {
      headers: { authorization: `Bearer ${bridge.ready.token}` },
    });
    expect(reply.status).toBe(200);
    expect(Buffer.from(await reply.arrayBuffer()).equals(stage.bytes)).toBe(true);
  }
}

const disk = mountSmallDisk(4_000);
afterAll(() => disk?.remove());
if (!disk) console.log('skipped: a small disk can be mounted on Linux as root only');

describe.skipIf(!disk)('a full disk', () => {
  const dir = disk?.dir ?? '';
  const filler = join(dir, 'filler');

  it('costs no stream a byte, is said, and is caught up with when there is room again', async () => {
    const bridge = await spawnBridge(join(dir, 'data'), stage.upstreams);
    const live = await openLive(bridge.ready);
    const before = await stage.ask(bridge);
    expect(await troubleOf(bridge)).toBeNull();
    // The rest of the disk is taken by somebody else.
    expect(() => writeFileSync(filler, Buffer.alloc(8_000_000))).toThrow(/ENOSPC/);
    const during = await fillUp(bridge, 40);
    expect(await troubleOf(bridge)).toMatch(/^Nothing is recorded just now: the disk is full; free some space\./);
    expect((await live.next('recorder')).trouble).toMatch(/the disk is full/);
    expect(bridge.output()).toContain('deltascope: Nothing is recorded just now: the disk is full');
    during.push((await stage.ask(bridge)).passed);

    rmSync(filler);
    await live.next('recorder', ({ trouble }) => trouble === null);
    expect(await troubleOf(bridge)).toBeNull();
    expect(bridge.output()).toContain('deltascope: recording goes on.');
    await expectRecorded(bridge, [before.passed, ...during, (await stage.ask(bridge)).passed]);
    await live.close();
    expect(await bridge.stop()).toBe(0);
  });

  it('does not keep the bridge from starting, nor from stopping', async () => {
    rmSync(join(dir, 'data'), { recursive: true, force: true });
    expect(() => writeFileSync(filler, Buffer.alloc(8_000_000))).toThrow(/ENOSPC/);
    const bridge = await spawnBridge(join(dir, 'data'), stage.upstreams);
    const { passed } = await stage.ask(bridge);
    expect(await troubleOf(bridge)).toMatch(/can't be used: the disk is full; free some space\. What is recorded now is lost/);
    expect(bridge.output()).toContain('bridge.json could not be written');
    await expectRecorded(bridge, [passed]);
    expect(await bridge.stop()).toBe(0);
    rmSync(filler);
  });
});

const hasPrlimit = process.platform === 'linux' && canRun('prlimit');
if (!hasPrlimit) console.log('skipped: the limit of a running process is changed with prlimit, on Linux');

describe.skipIf(!hasPrlimit)('files that may not grow', () => {
  it('cost no stream a byte; recording goes on when they may', async () => {
    const dataDir = makeDir();
    // Without the signal that the limit sends, a write fails with EFBIG.
    const wrapper: [string, ...string[]] = ['sh', '-c', 'trap "" XFSZ; ulimit -S -f 2000; exec "$0" "$@"'];
    const bridge = await spawnBridge(dataDir, stage.upstreams, { wrapper });
    const live = await openLive(bridge.ready);
    const steps = await fillUp(bridge, 60);
    expect(await troubleOf(bridge)).toMatch(/^Nothing is recorded just now: the disk reports an error; check it\./);
    steps.push((await stage.ask(bridge)).passed);
    execFileSync('prlimit', ['--pid', String(bridge.pid), '--fsize=unlimited']);
    await live.next('recorder', ({ trouble }) => trouble === null);
    await expectRecorded(bridge, steps);
    await live.close();
    expect(await bridge.stop()).toBe(0);
    rmSync(dataDir, { recursive: true, force: true });
  });
});

function canRun(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
