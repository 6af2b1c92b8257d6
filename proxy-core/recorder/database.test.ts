import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAMAGED_MARK, DATABASE_FILE, openDatabase, openDatabaseForReading, openDatabaseOrMemory } from './database.ts';
import { SCHEMA_VERSION } from './migrations/index.ts';
import { acquireRunLock } from './run-lock.ts';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'deltascope-db-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = () => join(dir, DATABASE_FILE);

describe('openDatabase', () => {
  it('makes a private file with WAL and the schema version', () => {
    const { db, trouble, setAside } = openDatabase(join(dir, 'new', 'folder'));
    expect([trouble, setAside]).toEqual([null, null]);
    expect(db.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('auto_vacuum', { simple: true })).toBe(2);
    if (process.platform !== 'win32') {
      for (const name of readdirSync(join(dir, 'new', 'folder'))) {
        expect([name, statSync(join(dir, 'new', 'folder', name)).mode & 0o077]).toEqual([name, 0]);
      }
    }
    db.close();
  });

  it('closes a file that was open to others', () => {
    openDatabase(dir).db.close();
    chmodSync(file(), 0o644);
    openDatabase(dir).db.close();
    if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('opens what it wrote', () => {
    const first = openDatabase(dir).db;
    first.prepare("INSERT INTO meta VALUES ('a', 'b')").run();
    first.close();
    const second = openDatabase(dir).db;
    expect(second.prepare('SELECT value FROM meta').get()).toEqual({ value: 'b' });
    second.close();
  });

  it('refuses a newer schema in one sentence, and leaves the file as it is', () => {
    const db = new Sqlite(file());
    db.pragma('user_version = 99');
    db.close();
    const before = readFileSync(file());
    expect(() => openDatabase(dir)).toThrow(/was written by a newer Deltascope \(schema 99, this one knows \d+\): update Deltascope/);
    expect(() => openDatabaseForReading(dir)).toThrow(/newer Deltascope/);
    expect(readFileSync(file())).toEqual(before);
    const memory = openDatabaseOrMemory(dir);
    expect(memory.trouble).toMatch(/newer Deltascope.*is lost when Deltascope ends/s);
    expect(memory.db.memory).toBe(true);
  });

  it.each([
    ['garbage', Buffer.from('this is no database, '.repeat(500))],
    ['a header without a body', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8_000, 7)])],
  ])('sets %s aside and begins anew', (_, bytes) => {
    writeFileSync(file(), bytes);
    const { db, setAside } = openDatabase(dir);
    expect(setAside).toBe(`${file()}.corrupt-1`);
    expect(readFileSync(`${file()}.corrupt-1`)).toEqual(bytes);
    db.close();
    writeFileSync(file(), bytes);
    expect(openDatabase(dir).setAside).toBe(`${file()}.corrupt-2`);
  });

  it('sets aside what an earlier run found damaged', () => {
    openDatabase(dir).db.close();
    writeFileSync(join(dir, DAMAGED_MARK), '');
    const { db, setAside } = openDatabase(dir);
    expect(setAside).toBe(`${file()}.corrupt-1`);
    expect(existsSync(join(dir, DAMAGED_MARK))).toBe(false);
    db.close();
  });

  it('goes on in memory when the folder can not be used', () => {
    writeFileSync(join(dir, 'a-file'), '');
    const { db, trouble } = openDatabaseOrMemory(join(dir, 'a-file'));
    expect(trouble).toMatch(/can't be used/);
    expect(db.prepare('SELECT count(*) AS n FROM steps').get()).toEqual({ n: 0 });
  });

  it('says that nothing was recorded when there is no store', () => {
    expect(() => openDatabaseForReading(dir)).toThrow(/nothing was recorded there yet/);
  });

  it('reads without being able to write', () => {
    openDatabase(dir).db.close();
    const db = openDatabaseForReading(dir);
    expect(() => db.prepare("INSERT INTO meta VALUES ('a', 'b')").run()).toThrow(/readonly/);
    db.close();
  });
});

describe('acquireRunLock', () => {
  it('tells the second bridge of a folder that it is not alone', () => {
    const first = acquireRunLock(dir);
    const second = acquireRunLock(dir);
    expect([first.isAlone, second.isAlone]).toEqual([true, false]);
    first.release();
    const third = acquireRunLock(dir);
    expect(third.isAlone).toBe(false);
    second.release();
    third.release();
    const fourth = acquireRunLock(dir);
    expect(fourth.isAlone).toBe(true);
    fourth.release();
  });
});
