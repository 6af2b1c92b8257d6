import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCheckpoints } from './checkpoints.ts';
import { DATABASE_FILE, openDatabase, openMemoryDatabase } from './database.ts';

describe('checkpoints', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'deltascope-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const put = "INSERT INTO meta (key, value) VALUES ('a', 'b')";

  /** What the file holds without its log. */
  function readFileAlone(): unknown {
    copyFileSync(join(dir, DATABASE_FILE), join(dir, 'alone.db'));
    const alone = new Sqlite(join(dir, 'alone.db'));
    const rows = alone.prepare("SELECT value FROM meta WHERE key = 'a'").all();
    alone.close();
    return rows;
  }

  it('bring what was written from the log into the file', async () => {
    const { db } = openDatabase(dir);
    const checkpoints = createCheckpoints(db);
    await checkpoints.run();
    db.exec(put);
    expect(readFileAlone()).toEqual([]);
    await checkpoints.run();
    expect(readFileAlone()).toEqual([{ value: 'b' }]);
    checkpoints.close();
    db.close();
  });

  it('are left out while another holds a reading of the log, and harm nobody', async () => {
    const { db } = openDatabase(dir);
    const checkpoints = createCheckpoints(db);
    await checkpoints.run();
    const reader = new Sqlite(join(dir, DATABASE_FILE), { readonly: true });
    reader.exec('BEGIN; SELECT * FROM meta');
    db.exec(put);
    await checkpoints.run();
    expect(db.prepare("SELECT value FROM meta WHERE key = 'a'").all()).toEqual([{ value: 'b' }]);
    reader.close();
    checkpoints.close();
    db.close();
  });

  it('wait for the thread only so long, and do nothing in memory', async () => {
    const { db } = openDatabase(dir);
    createCheckpoints(db);
    expect(db.pragma('wal_autocheckpoint', { simple: true })).toBe(16_384);
    db.close();
    const memory = openMemoryDatabase();
    const none = createCheckpoints(memory);
    none.wrote(1);
    await none.run();
    none.close();
    memory.close();
  });
});
