/** Damaged store files of every sort, under a real bridge: set aside as they are, said, and never in a client's way. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../proxy-core/protocol/api/control-api.ts';
import { openDatabase } from '../../proxy-core/recorder/database.ts';
import { openLive } from '../helpers/live-reader.ts';
import { spawnBridge, type SpawnedBridge } from '../helpers/spawn-bridge.ts';
import { makeDir, openStage, troubleOf, type Stage } from './store-stage.ts';

let stage: Stage;
let dir: string;
/** A store of a bridge that ended in order, some hundred pages large. */
let whole: string;
beforeAll(async () => {
  stage = await openStage();
  whole = makeDir();
  const bridge = await spawnBridge(whole, stage.upstreams);
  for (let i = 0; i < 5; i++) await stage.ask(bridge, `question ${i}`);
  await bridge.stop();
});
afterAll(async () => {
  await stage.close();
  rmSync(whole, { recursive: true, force: true });
});
beforeEach(() => (dir = makeDir()));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = () => join(dir, 'deltascope.db');
const aside = () => readdirSync(dir).filter((name) => /^deltascope\.db\.corrupt-\d+$/.test(name));
const sessionsOf = async (bridge: SpawnedBridge) => (await bridge.api<{ sessions: Session[] }>('/api/sessions')).sessions;

/** Bytes that are the same in every run and mean nothing. */
function noise(size: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, i) => createHash('sha256').update(String(i)).digest());
  return Buffer.concat(blocks).subarray(0, size);
}

function overwrite(from: number, bytes: Buffer): void {
  const handle = openSync(file(), 'r+');
  writeSync(handle, bytes, 0, bytes.length, from);
  closeSync(handle);
}

const damages: [name: string, damage: () => void][] = [
  ['random bytes instead of a database', () => writeFileSync(file(), noise(50_000))],
  ['a file that was cut in the middle', () => truncateSync(file(), Math.floor(statSync(file()).size / 2))],
  ['a file that was cut in its first page', () => truncateSync(file(), 1_000)],
  ['a good header and broken pages', () => overwrite(4_096, noise(statSync(file()).size - 4_096))],
  ['zeroes from the second page on', () => overwrite(4_096, Buffer.alloc(statSync(file()).size - 4_096))],
];

describe('a damaged store', () => {
  it.each(damages)('with %s is set aside as it is, said, and a new one begun', async (_, damage) => {
    copyFileSync(join(whole, 'deltascope.db'), file());
    expect(statSync(file()).size).toBeGreaterThan(200_000);
    damage();
    const broken = readFileSync(file());
    const bridge = await spawnBridge(dir, stage.upstreams);
    await stage.ask(bridge);
    expect(aside()).toEqual(['deltascope.db.corrupt-1']);
    expect(readFileSync(join(dir, 'deltascope.db.corrupt-1')).equals(broken)).toBe(true);
    expect(bridge.output()).toMatch(/the store was damaged; it is kept as .*deltascope\.db\.corrupt-1, and a new one was begun\./);
    expect(await troubleOf(bridge)).toBeNull();
    expect(await sessionsOf(bridge)).toHaveLength(2);
    expect(await bridge.stop()).toBe(0);
    // The next damage does not cost the first copy.
    damage();
    const opened = openDatabase(dir);
    opened.db.close();
    expect([opened.setAside, aside().length]).toEqual([`${file()}.corrupt-2`, 2]);
    expect(readFileSync(join(dir, 'deltascope.db.corrupt-1')).equals(broken)).toBe(true);
  });

  it('that an empty file stands for is simply begun', async () => {
    writeFileSync(file(), '');
    const bridge = await spawnBridge(dir, stage.upstreams);
    await stage.ask(bridge);
    expect([await troubleOf(bridge), aside()]).toEqual([null, []]);
    expect(await bridge.stop()).toBe(0);
  });

  it('in the middle of a run: streams go on, it is said, and the next start sets it aside', async () => {
    const bridge = await spawnBridge(dir, stage.upstreams);
    const live = await openLive(bridge.ready);
    for (let i = 0; i < 5; i++) await stage.ask(bridge, `question ${i}`);
    await bridge.api('/api/sessions');
    // A row of somebody else's makes the bridge read the file again instead of its own memory of it.
    const other = new Sqlite(file());
    other.pragma('wal_checkpoint(TRUNCATE)');
    other.exec("INSERT INTO meta VALUES ('other', 'row')");
    overwrite(4_096, noise(statSync(file()).size - 4_096));
    let told: string | null = null;
    for (let i = 0; i < 20 && told === null; i++) {
      await stage.ask(bridge, `more ${i}`);
      told = await troubleOf(bridge);
    }
    expect(told).toMatch(
      /^(Nothing is recorded any more: the store is damaged\. Restart Deltascope|Nothing is recorded just now: the disk reports)/,
    );
    expect((await live.next('recorder')).trouble).not.toBeNull();
    // What is asked of the record is refused in a sentence, or answered; the process lives on.
    const list = await fetch(`${bridge.ready.url}/api/sessions`, { headers: { authorization: `Bearer ${bridge.ready.token}` } });
    expect([200, 503]).toContain(list.status);
    await stage.ask(bridge);
    await live.close();
    expect(await bridge.stop()).toBe(0);
    other.close();

    const next = await spawnBridge(dir, stage.upstreams);
    await stage.ask(next);
    expect(aside()).toEqual(['deltascope.db.corrupt-1']);
    expect(existsSync(join(dir, 'deltascope.db.damaged'))).toBe(false);
    expect([await troubleOf(next), (await sessionsOf(next)).length]).toEqual([null, 2]);
    expect(await next.stop()).toBe(0);
  });
});
