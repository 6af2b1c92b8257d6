/** The sessions page, one session with its steps, and what a reader may change on a session. */
import type { Session, SessionsPage, SessionWithSteps, Step, UsageSummary } from '../../protocol/api/control-api.ts';
import type { ReadableDatabase, WritableDatabase } from '../database.ts';
import type { Pricer } from '../prices.ts';
import { parseUsage, STEP_COLUMNS, type StepRow, toStep, toUsageSummary } from './step-rows.ts';

export interface SessionQueries {
  /** Newest first. `q`: words that must all be found in title, client, models, status, ids or text. */
  page(options: { q?: string | undefined; limit?: number | undefined; cursor?: string | undefined }): SessionsPage;
  get(id: string): Session | undefined;
  getWithSteps(id: string): SessionWithSteps | undefined;
}

interface SessionRow {
  no: number;
  id: string;
  title: string;
  own_title: string | null;
  client_name: string | null;
  client_version: string | null;
  started_at: number;
  pinned: number;
  replay_of: string | null;
}

/** Sessions that hold nothing but a gateway's inner calls are found under the steps that these were made for. */
const IS_LISTED = `(EXISTS (SELECT 1 FROM steps t WHERE t.session_no = s.no AND t.inner_of IS NULL)
  OR NOT EXISTS (SELECT 1 FROM steps t WHERE t.session_no = s.no))`;

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;
const MAX_TERMS = 8;

/** One search word: found in the session itself, in one of its steps, or in what a gateway called for them. */
const TERM = `(
  s.title LIKE $like ESCAPE '\\' OR s.own_title LIKE $like ESCAPE '\\' OR s.id LIKE $like ESCAPE '\\' OR s.client_name LIKE $like ESCAPE '\\'
  OR EXISTS (
    SELECT 1 FROM steps t WHERE t.no IN (
      SELECT no FROM steps WHERE session_no = s.no
      UNION ALL SELECT i.no FROM steps o JOIN steps i ON i.inner_of = o.id WHERE o.session_no = s.no
    ) AND (
      t.status = $term OR t.upstream = $term OR t.id LIKE $like ESCAPE '\\' OR t.model LIKE $like ESCAPE '\\' OR t.response_id LIKE $like ESCAPE '\\'
      OR t.no IN (SELECT rowid FROM search WHERE search MATCH $match)
      OR EXISTS (SELECT 1 FROM step_ids i WHERE i.step_no = t.no AND i.id LIKE $like ESCAPE '\\')
    )
  )
)`;

export function createSessionQueries(db: ReadableDatabase, pricer: Pricer): SessionQueries {
  const getRow = db.prepare<[string], SessionRow>('SELECT * FROM sessions WHERE id = ?');
  const getSteps = db.prepare<[number], StepRow>(
    `SELECT ${STEP_COLUMNS} FROM steps t JOIN sessions s ON s.no = t.session_no WHERE t.session_no = ? ORDER BY t.idx, t.no`,
  );
  const countFaults = db.prepare<[number], { faults: number }>(
    `SELECT count(DISTINCT f.rule) AS faults FROM steps t JOIN findings f ON f.step_no = t.no AND f.severity = 'error'
     WHERE t.session_no = ? AND t.error_count > 0 AND t.inner_of IS NULL`,
  );

  function page({ q, limit, cursor }: { q?: string | undefined; limit?: number | undefined; cursor?: string | undefined }): SessionsPage {
    // A NUL would end SQLite's text in the middle of a word.
    const terms = (q ?? '').replaceAll('\0', ' ').split(/\s+/).filter(Boolean).slice(0, MAX_TERMS);
    const size = Math.min(Math.max(1, Math.trunc(limit ?? DEFAULT_LIMIT)), MAX_LIMIT);
    const after = cursor === undefined ? undefined : parseCursor(cursor);
    const conditions = [IS_LISTED, ...terms.map((_, i) => TERM.replaceAll(/\$(like|term|match)/g, `$$$1${i}`))];
    const values: Record<string, string | number> = { size: size + 1 };
    terms.forEach((term, i) => {
      values[`like${i}`] = `%${term.replaceAll(/[\\%_]/g, '\\$&')}%`;
      values[`term${i}`] = term.toLowerCase();
      values[`match${i}`] = `"${term.replaceAll('"', '""')}" *`;
    });
    if (after) {
      conditions.push('(s.started_at, s.no) < ($startedAt, $no)');
      Object.assign(values, after);
    }
    const rows = db
      .prepare<[Record<string, string | number>], SessionRow>(
        `SELECT s.* FROM sessions s WHERE ${conditions.join(' AND ')} ORDER BY s.started_at DESC, s.no DESC LIMIT $size`,
      )
      .all(values);
    const last = rows.length > size ? rows[size - 1] : undefined;
    return { sessions: rows.slice(0, size).map((row) => toSession(row).session), nextCursor: last ? toCursor(last) : null };
  }

  function toSession(row: SessionRow): { session: Session; steps: Step[] } {
    const rows = withoutInner(getSteps.all(row.no));
    const steps = rows.map(toStep);
    const last = steps.at(-1);
    const counts = { error: 0, warning: 0, note: 0 };
    for (const { findingCounts } of steps) {
      counts.error += findingCounts.error;
      counts.warning += findingCounts.warning;
      counts.note += findingCounts.note;
    }
    const session: Session = {
      id: row.id,
      title: row.own_title ?? row.title,
      client: row.client_name === null ? null : { name: row.client_name, version: row.client_version ?? '' },
      models: distinct(steps.map((step) => step.model)),
      status: last?.status ?? 'streaming',
      startedAt: row.started_at,
      endedAt: toEnd(rows),
      stepCount: steps.length,
      findingCounts: counts,
      usage: addUsage(rows),
      costUsd: addCost(rows),
      replayOf: row.replay_of,
      linkedBy: steps.findLast((step) => step.linkedBy !== null)?.linkedBy ?? null,
      upstreams: distinct(steps.map((step) => step.upstream)),
      pinned: row.pinned === 1,
      faultCount: counts.error > 0 ? (countFaults.get(row.no)?.faults ?? 0) : 0,
    };
    return { session, steps };
  }

  /** Known only when every step with usage has a price: half a sum would pass for the whole. */
  function addCost(rows: StepRow[]): number | null {
    let sum: number | null = null;
    for (const row of rows) {
      const usage = parseUsage(row.usage);
      if (usage === null) continue;
      const cost = pricer.cost({ model: row.model, upstreamKind: row.upstream_kind, usage, atUs: row.started_at });
      if (cost === null) return null;
      sum = (sum ?? 0) + cost;
    }
    return sum;
  }

  return {
    page,
    get(id) {
      const row = getRow.get(id);
      return row && toSession(row).session;
    },
    getWithSteps(id) {
      const row = getRow.get(id);
      if (!row) return undefined;
      const { session, steps } = toSession(row);
      return { ...session, steps };
    },
  };
}

/** Renames (null: back to the first words) or pins a session. False when there is none of that id. */
export function updateSession(db: WritableDatabase, id: string, patch: { title?: string | null; pinned?: boolean }): boolean {
  const changes: string[] = [];
  const values: (string | number | null)[] = [];
  if (patch.title !== undefined) {
    changes.push('own_title = ?');
    values.push(patch.title);
  }
  if (patch.pinned !== undefined) {
    changes.push('pinned = ?');
    values.push(patch.pinned ? 1 : 0);
  }
  if (changes.length === 0) return db.prepare('SELECT 1 FROM sessions WHERE id = ?').get(id) !== undefined;
  return db.prepare(`UPDATE sessions SET ${changes.join(', ')} WHERE id = ?`).run(...values, id).changes > 0;
}

/** Inner calls are no turns of the client; by itself a session of them shows them all the same. */
function withoutInner(rows: StepRow[]): StepRow[] {
  const own = rows.filter((row) => row.inner_of === null);
  return own.length > 0 ? own : rows;
}

function toEnd(rows: StepRow[]): number | null {
  if (rows.length === 0 || rows.some((row) => row.status === 'streaming')) return null;
  return Math.max(...rows.map((row) => row.started_at + (row.duration_us ?? row.first_event_us ?? 0)));
}

function addUsage(rows: StepRow[]): UsageSummary | null {
  let sum: UsageSummary | null = null;
  for (const row of rows) {
    const usage = toUsageSummary(parseUsage(row.usage));
    if (usage === null) continue;
    if (sum === null) sum = usage;
    else for (const key of Object.keys(sum) as (keyof UsageSummary)[]) sum[key] += usage[key];
  }
  return sum;
}

function distinct(values: (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))];
}

function toCursor(row: SessionRow): string {
  return `${row.started_at}-${row.no}`;
}

/** An unreadable cursor begins at the start: there is nothing better to do with it. */
function parseCursor(cursor: string): { startedAt: number; no: number } | undefined {
  const match = /^(\d{1,16})-(\d{1,16})$/.exec(cursor);
  return match ? { startedAt: Number(match[1]), no: Number(match[2]) } : undefined;
}
