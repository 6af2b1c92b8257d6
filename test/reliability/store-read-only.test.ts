/** A data folder that may not be written: a disk mounted read-only where one may be mounted, else by its permissions. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnBridge } from '../helpers/spawn-bridge.ts';
import { makeDir, mountSmallDisk, openStage, troubleOf, type Stage } from './store-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(50);
});
afterAll(() => stage.close());

/** Root may write whatever the permissions say, so it needs a disk that refuses. */
const disk = mountSmallDisk(8_000);
const isRoot = process.getuid?.() === 0;
const canRefuse = process.platform !== 'win32' && (disk !== undefined || !isRoot);
if (!canRefuse) console.log('skipped: nothing here can make a folder read-only for this user');
const dir = canRefuse ? join(disk?.dir ?? makeDir(), 'data') : '';
afterAll(() => {
  setWritable(true);
  disk?.remove();
});

function setWritable(isWritable: boolean): void {
  if (disk) return disk.remount(isWritable ? 'rw' : 'ro');
  if (dir === '') return;
  for (const name of readdirSync(dir)) chmodSync(join(dir, name), isWritable ? 0o600 : 0o400);
  chmodSync(dir, isWritable ? 0o700 : 0o500);
}

describe.skipIf(!canRefuse)('a data folder that may not be written', () => {
  it.each(['empty', 'with a store in it'])(
    '%s: streams go on, what is recorded can be looked at, and it is said that it is not kept',
    async (state) => {
      rmSync(dir, { recursive: true, force: true });
      mkdirSync(dir, { recursive: true });
      if (state !== 'empty') {
        const earlier = await spawnBridge(dir, stage.upstreams);
        await stage.ask(earlier);
        expect(await earlier.stop()).toBe(0);
      }
      const before = contents();
      setWritable(false);
      const bridge = await spawnBridge(dir, stage.upstreams);
      const { passed } = await stage.ask(bridge);
      expect(await troubleOf(bridge)).toMatch(
        /^The store .*deltascope\.db can't be used: the store (may not be written|can't be opened for writing); check the permissions of the data folder\. What is recorded now is lost when Deltascope ends\.$/,
      );
      expect(bridge.output()).toContain('bridge.json could not be written');
      const bytes = await fetch(`${bridge.ready.url}/api/steps/${passed}/emitted`, {
        headers: { authorization: `Bearer ${bridge.ready.token}` },
      });
      expect(Buffer.from(await bytes.arrayBuffer()).equals(stage.bytes)).toBe(true);
      expect(await bridge.stop()).toBe(0);
      setWritable(true);
      expect(contents()).toEqual(before);

      const again = await spawnBridge(dir, stage.upstreams);
      await stage.ask(again);
      expect(await troubleOf(again)).toBeNull();
      expect(await again.stop()).toBe(0);
    },
  );
});

function contents(): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name)).toString('base64')]));
}
