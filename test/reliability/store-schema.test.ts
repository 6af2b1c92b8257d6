/** Stores that another version wrote: older ones are brought forward with all they hold, newer ones are left alone. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionWithSteps, Step, StepDetail } from '../../proxy-core/protocol/api/control-api.ts';
import { migrations, SCHEMA_VERSION } from '../../proxy-core/recorder/migrations/index.ts';
import { spawnBridge } from '../helpers/spawn-bridge.ts';
import { makeDir, openStage, troubleOf, type Stage } from './store-stage.ts';

const CLI = join(import.meta.dirname, '../../proxy-core/cli.ts');

let stage: Stage;
let dir: string;
/** Today's store, and what is in it: a stream that passed through, and the beginning of a chain. */
let source: string;
let steps: { passed: string; translated: string };
let before: StepDetail[];
beforeAll(async () => {
  stage = await openStage(50);
  source = makeDir();
  const today = await spawnBridge(source, stage.upstreams);
  steps = await stage.ask(today, 'of long ago');
  before = await Promise.all(Object.values(steps).map((step) => today.api<StepDetail>(`/api/steps/${step}`)));
  await today.stop();
});
afterAll(async () => {
  await stage.close();
  rmSync(source, { recursive: true, force: true });
});
beforeEach(() => (dir = makeDir()));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = () => join(dir, 'deltascope.db');

/** The rows of today's store in the tables of an older version, as far as that one had the columns. */
function writeOlder(version: number, from: string): void {
  const db = new Sqlite(file());
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma('journal_mode = WAL');
  for (const migration of migrations.slice(0, version)) db.exec(migration.sql);
  db.prepare('ATTACH ? AS today').run(from);
  const tables = db
    .prepare<[], { name: string }>(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'",
    )
    .all();
  for (const { name } of tables) {
    const columns = db.prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('${name}')`).all();
    const list = columns.map((column) => column.name).join(', ');
    db.exec(`INSERT INTO main.${name} (${list}) SELECT ${list} FROM today.${name}`);
  }
  db.exec("INSERT INTO search (rowid, text) SELECT no, 'older words' FROM steps");
  db.pragma(`user_version = ${version}`);
  db.exec('DETACH today');
  db.close();
}

describe('a store of an older version', () => {
  it.each(migrations.map(({ version, name }) => [version, name] as const))('%i (%s) opens, and keeps its sessions', async (version) => {
    writeOlder(version, join(source, 'deltascope.db'));
    const { passed, translated } = steps;
    const chained = before[1]?.responseId ?? '';

    const bridge = await spawnBridge(dir, stage.upstreams);
    expect(await troubleOf(bridge)).toBeNull();
    expect(await Promise.all([passed, translated].map((step) => bridge.api<StepDetail>(`/api/steps/${step}`)))).toEqual(before);
    const bytes = await fetch(`${bridge.ready.url}/api/steps/${passed}/emitted`, {
      headers: { authorization: `Bearer ${bridge.ready.token}` },
    });
    expect(Buffer.from(await bytes.arrayBuffer()).equals(stage.bytes)).toBe(true);
    // Chains go on from what the older version stored, in the session that it began.
    const reply = await fetch(`${bridge.ready.apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo/demo-claude', input: 'and on', previous_response_id: chained }),
    });
    expect(reply.status).toBe(200);
    await reply.text();
    const step = await bridge.api<Step>(`/api/steps/${reply.headers.get('x-deltascope-step') ?? ''}`);
    const session = await bridge.api<SessionWithSteps>(`/api/sessions/${step.sessionId}`);
    expect(session.steps.map(({ id }) => id)).toEqual([translated, step.id]);
    expect(await bridge.stop()).toBe(0);
    const db = new Sqlite(file(), { readonly: true });
    expect([db.pragma('user_version', { simple: true }), db.pragma('integrity_check', { simple: true })]).toEqual([SCHEMA_VERSION, 'ok']);
    expect(db.pragma('auto_vacuum', { simple: true })).toBe(2);
    db.close();
  });
});

describe('the command line', () => {
  it('lists and exports a store of the oldest version', () => {
    writeOlder(1, join(source, 'deltascope.db'));
    const run = (...args: string[]) =>
      execFileSync(process.execPath, [CLI, ...args, '--data-dir', dir], { encoding: 'utf8', stdio: 'pipe' });
    const { sessions } = JSON.parse(run('sessions', '--format', 'json')) as { sessions: { id: string }[] };
    expect(sessions).toHaveLength(2);
    run('export', sessions[0]?.id ?? '', '--out', join(dir, 'out.zip'));
    expect(readFileSync(join(dir, 'out.zip')).toString('latin1', 0, 2)).toBe('PK');
  });
});

describe('a store of a newer version', () => {
  it('is not touched; the bridge goes on in memory and says why', async () => {
    copyFileSync(join(source, 'deltascope.db'), file());
    const db = new Sqlite(file());
    db.exec('ALTER TABLE steps ADD COLUMN of_tomorrow TEXT');
    db.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    db.close();
    writeFileSync(`${file()}-wal`, ''); // of a newer one that runs, or died
    const before = contents();

    const bridge = await spawnBridge(dir, stage.upstreams);
    const { passed } = await stage.ask(bridge);
    expect(await troubleOf(bridge)).toMatch(
      new RegExp(
        `was written by a newer Deltascope \\(schema ${SCHEMA_VERSION + 1}, this one knows ${SCHEMA_VERSION}\\): update Deltascope, or give it another folder with --data-dir\\. What is recorded now is lost`,
      ),
    );
    expect(await bridge.api<Step>(`/api/steps/${passed}`)).toMatchObject({ status: 'completed' });
    expect(await bridge.stop()).toBe(0);
    expect(contents()).toEqual(before);
  });
});

function contents(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(dir)
      .filter((name) => name.startsWith('deltascope.db'))
      .map((name) => [name, readFileSync(join(dir, name)).toString('base64')]),
  );
}
