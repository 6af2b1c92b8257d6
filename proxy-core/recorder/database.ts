/**
 * Opens `deltascope.db`: mode 0600, WAL, migrations. A damaged file is set aside (never overwritten) and
 * a new one begun; a file that can't be used (newer schema, read-only, locked) gives one sentence, and
 * `openDatabaseOrMemory` goes on without the disk. What is in the tables is the recorder's and the stores' affair.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { UsageError } from '../errors.ts';
import { migrations, SCHEMA_VERSION } from './migrations/index.ts';

declare const access: unique symbol;
/** Queries take this one; a read-only connection fits and can't write. */
export type ReadableDatabase = Sqlite.Database & { readonly [access]: 'read' | 'write' };
/** The recorder and the stores need this one. */
export type WritableDatabase = Sqlite.Database & { readonly [access]: 'write' };

export const DATABASE_FILE = 'deltascope.db';
/** Left by the recorder when SQLite calls the file malformed in the middle of a run; heeded at the next start. */
export const DAMAGED_MARK = 'deltascope.db.damaged';

export interface OpenedDatabase {
  db: WritableDatabase;
  /** Why nothing reaches the disk, in one sentence; null when all is well. */
  trouble: string | null;
  /** Where a damaged older file went; null when there was none. */
  setAside: string | null;
}

/** How long opening waits for another process; afterwards a lock must not hold up the streams. */
const OPEN_TIMEOUT_MS = 2_000;
const RUN_TIMEOUT_MS = 100;
const THREAD_TIMEOUT_MS = 1_000;
/** Up to this much is kept when the disk can't be used. */
export const MEMORY_LIMIT_BYTES = 256 * 1024 * 1024;

/** Opens (or makes) the store of a data dir. @throws UsageError when it can't be used as it is. */
export function openDatabase(dataDir: string): OpenedDatabase {
  const file = join(dataDir, DATABASE_FILE);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    let setAside: string | null = null;
    if (existsSync(join(dataDir, DAMAGED_MARK))) {
      setAside = setFileAside(file);
      rmSync(join(dataDir, DAMAGED_MARK), { force: true });
    }
    refuseNewer(file);
    createPrivately(file);
    try {
      return { db: connect(file), trouble: null, setAside };
    } catch (error) {
      if (!isDamage(error)) throw error;
      setAside = setFileAside(file);
      createPrivately(file);
      return { db: connect(file), trouble: null, setAside };
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`The store ${file} can't be used: ${explainSqliteError(error)}`, { cause: error });
  }
}

/** The bridge goes on when its store can't be used: in memory, up to a limit, and saying so. */
export function openDatabaseOrMemory(dataDir: string): OpenedDatabase {
  try {
    return openDatabase(dataDir);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { db: openMemoryDatabase(), trouble: `${error.message} What is recorded now is lost when Deltascope ends.`, setAside: null };
  }
}

/** A second connection to a store that is open: for a thread, which may wait for the others. */
export function openForThread(file: string): WritableDatabase {
  const db = new Sqlite(file, { fileMustExist: true, timeout: THREAD_TIMEOUT_MS });
  tune(db);
  return db as WritableDatabase;
}

export function openMemoryDatabase(): WritableDatabase {
  const db = new Sqlite(':memory:');
  prepareSchema(db, ':memory:');
  const pageSize = db.pragma('page_size', { simple: true }) as number;
  db.pragma(`max_page_count = ${Math.floor(MEMORY_LIMIT_BYTES / pageSize)}`);
  return db as WritableDatabase;
}

/** For commands that only look. @throws UsageError when there is no store or it can't be read. */
export function openDatabaseForReading(dataDir: string): ReadableDatabase {
  const file = join(dataDir, DATABASE_FILE);
  if (!existsSync(file)) throw new UsageError(`There is no store in ${dataDir}: nothing was recorded there yet.`);
  try {
    const db = new Sqlite(file, { readonly: true, timeout: OPEN_TIMEOUT_MS });
    const version = db.pragma('user_version', { simple: true }) as number;
    checkVersion(version, file);
    if (version === SCHEMA_VERSION) return db as unknown as ReadableDatabase;
    // Questions are asked of today's tables only, so an older store is brought forward first.
    db.close();
    openDatabase(dataDir).db.close();
    return new Sqlite(file, { readonly: true, timeout: OPEN_TIMEOUT_MS }) as unknown as ReadableDatabase;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`The store ${file} can't be read: ${explainSqliteError(error)}`, { cause: error });
  }
}

function connect(file: string): WritableDatabase {
  const db = new Sqlite(file, { timeout: OPEN_TIMEOUT_MS });
  try {
    prepareSchema(db, file);
    db.pragma(`busy_timeout = ${RUN_TIMEOUT_MS}`);
    return db as WritableDatabase;
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepareSchema(db: Sqlite.Database, file: string): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  checkVersion(version, file);
  if (version === 0) {
    // Both only take effect on an empty file, and before WAL: deleting must give space back. On any other
    // file they would write all the same, and wait for whoever holds it locked.
    db.pragma('page_size = 4096');
    db.pragma('auto_vacuum = INCREMENTAL');
  }
  db.pragma('journal_mode = WAL');
  tune(db);
  for (const migration of migrations.slice(version)) {
    db.transaction(() => {
      // Another process may have been quicker; its lock made us wait.
      if ((db.pragma('user_version', { simple: true }) as number) >= migration.version) return;
      db.exec(migration.sql);
      db.pragma(`user_version = ${migration.version}`);
    }).immediate();
  }
  // Touches every table where it will be written next: a damaged file shows itself here and not in a stream.
  const tables = db.prepare<[], { name: string; wr: number }>(
    "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type <> 'virtual'",
  );
  for (const { name, wr } of tables.all()) db.prepare(`SELECT * FROM "${name}" ${wr ? '' : 'ORDER BY rowid DESC'} LIMIT 1`).get();
}

function tune(db: Sqlite.Database): void {
  db.pragma('synchronous = NORMAL');
  db.pragma('journal_size_limit = 67108864');
  // New rows land on few pages; the 16 MB that the driver would take are better free.
  db.pragma('cache_size = -4096');
}

/** By the file's own header, so that nothing is opened, and nothing changed, that a newer Deltascope wrote. */
function refuseNewer(file: string): void {
  const header = readHeader(file);
  // The three fractions have no other values: in garbage the version means nothing.
  const isSqlite = header?.toString('latin1', 0, 16) === 'SQLite format 3\0' && header.readUIntBE(21, 3) === 0x40_20_20;
  if (header && isSqlite) checkVersion(header.readUInt32BE(60), file);
}

/** Undefined when there is no such file, or it is shorter than a header. */
function readHeader(file: string): Buffer | undefined {
  if (!existsSync(file)) return undefined;
  const header = Buffer.alloc(100);
  const handle = openSync(file, 'r');
  try {
    return readSync(handle, header) === header.length ? header : undefined;
  } finally {
    closeSync(handle);
  }
}

function checkVersion(version: number, file: string): void {
  if (version <= SCHEMA_VERSION) return;
  throw new UsageError(
    `The store ${file} was written by a newer Deltascope (schema ${version}, this one knows ${SCHEMA_VERSION}): ` +
      'update Deltascope, or give it another folder with --data-dir.',
  );
}

function createPrivately(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  // An older or restored file may be open to others; Windows has no such bits and ignores this.
  else tryChmod(file);
}

function tryChmod(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch {
    // Not our file, or a read-only disk: opening it says so if it matters.
  }
}

function setFileAside(file: string): string | null {
  if (!existsSync(file)) return null;
  let n = 1;
  while (existsSync(`${file}.corrupt-${n}`)) n += 1;
  const target = `${file}.corrupt-${n}`;
  renameSync(file, target);
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  return target;
}

function sqliteCode(error: unknown): string {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** Faults of the disk or of another process, not of the data: worth another try later. */
export function isEnvironmentFault(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED|FULL|READONLY|IOERR|CANTOPEN|NOMEM|PERM)/.test(sqliteCode(error));
}

/** What went wrong and what to do, as the end of a sentence. */
export function explainSqliteError(error: unknown): string {
  const code = sqliteCode(error);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return 'another program holds the store locked; close that program.';
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC') return 'the disk is full; free some space.';
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
    return 'the store may not be written; check the permissions of the data folder.';
  if (code.startsWith('SQLITE_CANTOPEN')) return "the store can't be opened for writing; check the permissions of the data folder.";
  if (code.startsWith('SQLITE_IOERR')) return 'the disk reports an error; check it.';
  if (isDamage(error)) return 'the file is damaged; it is set aside at the next start.';
  return `${error instanceof Error ? error.message : String(error)}.`;
}

/** True until the first session was recorded; deleting all of them does not make a store new again. */
export function isNewStore(db: ReadableDatabase): boolean {
  return db.prepare("SELECT 1 FROM sqlite_sequence WHERE name = 'sessions' AND seq > 0").get() === undefined;
}
