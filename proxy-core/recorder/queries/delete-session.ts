/**
 * Deletes a session with all that belongs to it, also what chains and links knew, and gives the space
 * back to the disk. In slices, because a long session must not hold up the streams that are running.
 */
import type { ReadableDatabase, WritableDatabase } from '../database.ts';

const SLICE_ROWS = 200;
const SLICE_PAGES = 2_000;

/** Resolves to false when there is no such session. The session is out of sight from the first slice on. */
export async function deleteSession(db: WritableDatabase, id: string): Promise<boolean> {
  const session = db.prepare<[string], { no: number }>('SELECT no FROM sessions WHERE id = ?').get(id);
  if (!session) return false;
  const steps = db.prepare<[number], { no: number; id: string }>('SELECT no, id FROM steps WHERE session_no = ?').all(session.no);
  const inner = innerSessionIds(db, id);
  const dropLinks = db.transaction(() => {
    for (const sql of [
      'DELETE FROM aliases WHERE response_id IN (SELECT id FROM responses WHERE session_id = ?)',
      'DELETE FROM items WHERE response_id IN (SELECT id FROM responses WHERE session_id = ?)',
      'DELETE FROM responses WHERE session_id = ?',
      'DELETE FROM evidence WHERE session_id = ?',
      'DELETE FROM sessions WHERE id = ?',
    ]) {
      db.prepare(sql).run(id);
    }
  });
  dropLinks();
  for (const step of steps) await deleteStep(db, step.no);
  await freeSpace(db);
  for (const innerId of inner) await deleteSession(db, innerId);
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
export async function finishDeletions(db: WritableDatabase): Promise<void> {
  const steps = db.prepare<[], { no: number }>('SELECT no FROM steps WHERE session_no NOT IN (SELECT no FROM sessions)').all();
  if (steps.length === 0) return;
  for (const { no } of steps) await deleteStep(db, no);
  await freeSpace(db);
}

async function deleteStep(db: WritableDatabase, no: number): Promise<void> {
  for (const table of ['segments', 'findings']) {
    const slice = db.prepare(`DELETE FROM ${table} WHERE no IN (SELECT no FROM ${table} WHERE step_no = ? LIMIT ${SLICE_ROWS})`);
    while (slice.run(no).changes === SLICE_ROWS) await nextTurn();
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
  dropRest();
  await nextTurn();
}

/** Hands free pages back to the file system, the write-ahead log included. */
async function freeSpace(db: WritableDatabase): Promise<void> {
  while ((db.pragma('freelist_count', { simple: true }) as number) > 0) {
    const before = db.pragma('freelist_count', { simple: true }) as number;
    db.pragma(`incremental_vacuum(${SLICE_PAGES})`);
    if ((db.pragma('freelist_count', { simple: true }) as number) >= before) break;
    await nextTurn();
  }
  db.pragma('wal_checkpoint(TRUNCATE)');
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
