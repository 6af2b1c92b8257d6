/**
 * Deletes a session with all that belongs to it, also what chains and links knew, and gives the space back
 * to the disk. In slices of a few milliseconds, because a session may be large and streams are running
 * meanwhile. A deletion that is cut off is noted in the store and finished at the next start.
 */
import type { ReadableDatabase, WritableDatabase } from '../database.ts';
import { atOnce, whenFree } from '../when-free.ts';

/** What one slice may take; how many rows that are is found out on the way, since rows differ by a thousand times. */
const SLICE_MS = 3;
const MAX_SLICE_ROWS = 200;
const MAX_SLICE_PAGES = 128;
/** Prefix of the note (a row of `meta`) that a session is being deleted. */
const NOTE = 'deleting ';

/** Waits between two slices; the default lets everything else have a turn. */
export type Pace = () => Promise<void>;

/** Resolves to false when there is no such session. The session is out of sight from the first slice on. */
export async function deleteSession(db: WritableDatabase, id: string, pace: Pace = nextTurn): Promise<boolean> {
  const session = db.prepare<[string], { no: number }>('SELECT no FROM sessions WHERE id = ?').get(id);
  if (!session) return false;
  const inner = innerSessionIds(db, id);
  const begin = db.transaction(() => {
    db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(NOTE + id, String(session.no));
    db.prepare('DELETE FROM sessions WHERE no = ?').run(session.no);
  });
  await whenFree(db, begin);
  await deleteParts(db, { id, no: session.no }, pace);
  await freeSpace(db, pace);
  for (const innerId of inner) await deleteSession(db, innerId, pace);
  return true;
}

/** Sessions that hold nothing but calls which gateways made for this one: without it nobody finds them. */
export function innerSessionIds(db: ReadableDatabase, id: string): string[] {
  const rows = db
    .prepare<[string], { id: string }>(
      `SELECT DISTINCT ins.id FROM sessions s JOIN steps o ON o.session_no = s.no JOIN steps i ON i.inner_of = o.id
         JOIN sessions ins ON ins.no = i.session_no
       WHERE s.id = ? AND ins.no <> s.no AND NOT EXISTS (SELECT 1 FROM steps t WHERE t.session_no = ins.no AND t.inner_of IS NULL)`,
    )
    .all(id);
  return rows.map((row) => row.id);
}

/** Takes up what a deletion left behind that was cut off by the end of its process. */
export async function finishDeletions(db: WritableDatabase, pace: Pace = nextTurn): Promise<void> {
  const notes = db.prepare<[string], { key: string; value: string }>('SELECT key, value FROM meta WHERE key GLOB ?').all(`${NOTE}*`);
  for (const { key, value } of notes) await deleteParts(db, { id: key.slice(NOTE.length), no: Number(value) }, pace);
  // Steps of a session that an older Deltascope began to delete, and that has no note.
  const steps = db.prepare<[], { no: number }>('SELECT no FROM steps WHERE session_no NOT IN (SELECT no FROM sessions)').all();
  for (const { no } of steps) await deleteStep(db, no, pace);
  if (notes.length > 0 || steps.length > 0) await freeSpace(db, pace);
}

async function deleteParts(db: WritableDatabase, session: { id: string; no: number }, pace: Pace): Promise<void> {
  const { id, no } = session;
  for (const [table, key, condition] of [
    ['aliases', 'foreign_id', 'response_id IN (SELECT id FROM responses WHERE session_id = ?)'],
    ['items', 'no', 'response_id IN (SELECT id FROM responses WHERE session_id = ?)'],
    ['responses', 'id', 'session_id = ?'],
    ['evidence', '(kind, scope, value)', 'session_id = ?'],
  ] as const) {
    const rows = key.replace(/[()]/g, '');
    const slice = db.prepare<[string, number]>(
      `DELETE FROM ${table} WHERE ${key} IN (SELECT ${rows} FROM ${table} WHERE ${condition} LIMIT ?)`,
    );
    await inSlices(db, (limit) => slice.run(id, limit).changes, MAX_SLICE_ROWS, pace);
  }
  const steps = db.prepare<[number], { no: number }>('SELECT no FROM steps WHERE session_no = ?').all(no);
  for (const step of steps) await deleteStep(db, step.no, pace);
  await whenFree(db, () => db.prepare('DELETE FROM meta WHERE key = ?').run(NOTE + id));
}

async function deleteStep(db: WritableDatabase, no: number, pace: Pace): Promise<void> {
  for (const table of ['segments', 'findings']) {
    const slice = db.prepare<[number, number]>(`DELETE FROM ${table} WHERE no IN (SELECT no FROM ${table} WHERE step_no = ? LIMIT ?)`);
    await inSlices(db, (limit) => slice.run(no, limit).changes, MAX_SLICE_ROWS, pace);
  }
  const dropRest = db.transaction(() => {
    const bodies = db
      .prepare<[number, number], { body_no: number | null }>(
        'SELECT body_no FROM steps WHERE no = ? UNION SELECT body_no FROM attempts WHERE step_no = ?',
      )
      .all(no, no);
    for (const table of ['attempts', 'warnings', 'step_ids']) db.prepare(`DELETE FROM ${table} WHERE step_no = ?`).run(no);
    db.prepare('DELETE FROM search WHERE rowid = ?').run(no);
    db.prepare('DELETE FROM steps WHERE no = ?').run(no);
    const dropBody = db.prepare(
      `DELETE FROM bodies WHERE no = $no AND NOT EXISTS (SELECT 1 FROM steps WHERE body_no = $no)
         AND NOT EXISTS (SELECT 1 FROM attempts WHERE body_no = $no)`,
    );
    for (const body of bodies) if (body.body_no !== null) dropBody.run({ no: body.body_no });
  });
  await whenFree(db, dropRest);
  await pace();
}

/** Hands free pages back to the file system, the write-ahead log included. */
async function freeSpace(db: WritableDatabase, pace: Pace): Promise<void> {
  const freePages = (): number => db.pragma('freelist_count', { simple: true }) as number;
  await inSlices(
    db,
    (limit) => {
      const before = freePages();
      if (before > 0) db.pragma(`incremental_vacuum(${limit})`);
      return before - freePages();
    },
    MAX_SLICE_PAGES,
    pace,
  );
  await truncateLog(db);
}

/** Everything into the file, and the log emptied; a checkpoint of the other thread (../checkpoints.ts) is waited for, a reader not for long. */
export async function truncateLog(db: WritableDatabase): Promise<void> {
  for (let tries = 0; tries < 10; tries++) {
    // Not waited for in place: while streams run, another thread writes at nearly any moment.
    const [result] = atOnce(db, () => db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]);
    if (result?.busy !== 1) return;
    await new Promise((resolve) => void setTimeout(resolve, 50));
    if (!db.open) return;
  }
}

/** Repeats a slice until it finds nothing more to do. @param slice takes how much it may do, returns how much it did. */
async function inSlices(db: WritableDatabase, slice: (limit: number) => number, max: number, pace: Pace): Promise<void> {
  let limit = 8;
  for (;;) {
    const { done, tookMs } = await whenFree(db, () => {
      const startedMs = performance.now();
      return { done: slice(limit), tookMs: performance.now() - startedMs };
    });
    if (done === 0) return;
    if (tookMs > SLICE_MS) limit = Math.max(1, Math.floor(limit / 2));
    else if (tookMs < SLICE_MS / 3) limit = Math.min(max, limit * 2);
    await pace();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
