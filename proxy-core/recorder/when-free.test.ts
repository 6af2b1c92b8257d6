import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, openForThread, type WritableDatabase } from './database.ts';
import { whenFree } from './when-free.ts';

let dir: string;
let db: WritableDatabase;
let other: WritableDatabase;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'deltascope-free-'));
  db = openDatabase(dir).db;
  other = openForThread(db.name);
});
afterEach(() => {
  other.close();
  db.close();
  rmSync(dir, { recursive: true });
});

const write = () => db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('a', 'b')").run().changes;

describe('writing when the store is free', () => {
  it('lets other work go on while another connection writes, and then writes', async () => {
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const ticking = setInterval(() => {
      if (++turns === 3) other.exec('COMMIT');
    }, 5);
    expect(await whenFree(db, write)).toBe(1);
    clearInterval(ticking);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('says it when the store stays locked', async () => {
    other.exec('BEGIN IMMEDIATE');
    await expect(whenFree(db, write)).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    other.exec('ROLLBACK');
  });

  it('passes on any other error at once, and leaves the usual waiting as it was', async () => {
    const before = db.pragma('busy_timeout', { simple: true });
    await expect(whenFree(db, () => db.exec('INSERT INTO nowhere VALUES (1)'))).rejects.toThrow('no such table');
    expect(db.pragma('busy_timeout', { simple: true })).toBe(before);
  });
});
