/**
 * Keeps the store within its limits of size and age: whole sessions are deleted, the oldest first, never a
 * pinned one and never one that is running or was a moment ago. Looks once a minute, works in small slices
 * with pauses between them, and says what it deleted. How a session is deleted: ./queries/delete-session.ts.
 */
import { asObject, parseJson } from '../protocol/json.ts';
import { DEFAULT_KEEP, isKeepDays, isKeepSize, toSizeText, type KeepLimits, type KeepStatus } from '../protocol/api/keep.ts';
import { MEMORY_LIMIT_BYTES, type WritableDatabase } from './database.ts';
import { deleteSession, innerSessionIds } from './queries/delete-session.ts';
import { whenFree } from './when-free.ts';

export interface RetentionOptions {
  db: WritableDatabase;
  /** Set at the start; what is left out can be changed while the bridge runs, and is then kept in the store. */
  configured: Partial<KeepLimits>;
  /** Told before a session is deleted, for what others keep of it in memory, or have still to write. */
  forgetSession: (sessionId: string) => void | Promise<void>;
  /** `reason`: one sentence, once all that had to go is gone. */
  onDeleted: (sessionIds: string[], reason: string | null) => void;
  /** Microseconds since the epoch. */
  nowUs?: () => number;
  /** Waits between two slices. */
  pace?: () => Promise<void>;
}

export interface Retention {
  status(): KeepStatus;
  /** Kept in the store; what was configured at the start stays. Looks at once. */
  change(limits: Partial<KeepLimits>): Promise<void>;
  /** Deletes what is beyond the limits. @returns how many sessions that were. */
  run(): Promise<number>;
  close(): void;
}

const SETTING = 'keep';
const FIRST_LOOK_MS = 2_000;
const LOOK_MS = 60_000;
const PAUSE_MS = 12;
const DAY_US = 86_400_000_000;
/** Between two steps an agent runs its tools: a session is not over because no stream is open. */
const RECENT_US = 10 * 60_000_000;
/** In memory there is room for less than anybody configures. */
const MEMORY_KEEP_BYTES = MEMORY_LIMIT_BYTES * 0.75;
const PAGE = 50;

interface Candidate {
  no: number;
  id: string;
  startedAt: number;
  storedAt: number;
  lastAt: number | null;
  isStreaming: number;
  /** Calls of a gateway that go with the session which made them. */
  isInner: number;
}

export function createRetention(options: RetentionOptions): Retention {
  const { db, configured, forgetSession, onDeleted, nowUs = () => Date.now() * 1_000, pace = pause } = options;
  // By start, along the index: what is too young, pinned or running is passed over.
  const page = db.prepare<[number, number, number], Candidate>(
    `SELECT s.no, s.id, s.started_at AS startedAt, coalesce(s.stored_at, s.started_at) AS storedAt,
       (SELECT max(t.started_at + coalesce(t.duration_us, 0)) FROM steps t WHERE t.session_no = s.no) AS lastAt,
       EXISTS (SELECT 1 FROM steps t WHERE t.session_no = s.no AND t.status = 'streaming') AS isStreaming,
       EXISTS (SELECT 1 FROM steps t JOIN steps o ON o.id = t.inner_of WHERE t.session_no = s.no AND o.session_no <> s.no) AS isInner
     FROM sessions s WHERE s.pinned = 0 AND (s.started_at, s.no) > (?, ?) AND s.started_at < ? ORDER BY s.started_at, s.no LIMIT ${PAGE}`,
  );
  let running: Promise<number> | undefined;
  let isClosed = false;
  let timer = setTimeout(look, FIRST_LOOK_MS).unref();

  function look(): void {
    clearTimeout(timer);
    timer = setTimeout(look, LOOK_MS).unref();
    run().catch(() => {
      // The recorder, on the same disk, says what is wrong with it; the next look tries again.
    });
  }

  function run(): Promise<number> {
    running ??= sweep().finally(() => (running = undefined));
    return running;
  }

  async function sweep(): Promise<number> {
    const { sizeBytes, days } = limits();
    const byAge = days === null ? 0 : await sweepAge(nowUs() - days * DAY_US);
    if (days !== null && byAge > 0) onDeleted([], `${toCount(byAge)}: sessions are kept for ${days === 1 ? 'one day' : `${days} days`}.`);
    const bySize = sizeBytes === null ? 0 : await sweepSize(sizeBytes);
    if (sizeBytes !== null && bySize > 0) onDeleted([], `${toCount(bySize)}: the store is kept under ${toSizeText(sizeBytes)}.`);
    return byAge + bySize;
  }

  function sweepAge(before: number): Promise<number> {
    return deleteOldest(before, (one) => Math.max(one.storedAt, one.lastAt ?? one.startedAt) < before);
  }

  async function sweepSize(sizeBytes: number): Promise<number> {
    const cap = db.memory ? Math.min(sizeBytes, MEMORY_KEEP_BYTES) : sizeBytes;
    return storeBytes() <= cap ? 0 : deleteOldest(nowUs(), () => storeBytes() > cap);
  }

  /** @param isBeyond asked for one after another, from the oldest on. */
  async function deleteOldest(before: number, isBeyond: (candidate: Candidate) => boolean): Promise<number> {
    let count = 0;
    let last = { startedAt: -1, no: 0 };
    for (;;) {
      const candidates = page.all(last.startedAt, last.no, before);
      for (const one of candidates) {
        if (isClosed) return count;
        last = one;
        const isInUse = one.isStreaming === 1 || Math.max(one.storedAt, one.lastAt ?? 0) > nowUs() - RECENT_US;
        if (isInUse || one.isInner === 1 || !isBeyond(one) || isPinned(one.no)) continue;
        await remove(one.id);
        count += 1;
      }
      if (candidates.length < PAGE) return count;
      await pace();
    }
  }

  /** Asked again at the last moment: the page was read some deletions ago. */
  function isPinned(no: number): boolean {
    return db.prepare<[number], { pinned: number }>('SELECT pinned FROM sessions WHERE no = ?').get(no)?.pinned !== 0;
  }

  async function remove(id: string): Promise<void> {
    const ids = [id, ...innerSessionIds(db, id)];
    for (const one of ids) await forgetSession(one);
    onDeleted(ids, null);
    await deleteSession(db, id, pace);
  }

  function limits(): KeepLimits {
    return { ...DEFAULT_KEEP, ...saved(), ...configured };
  }

  function saved(): Partial<KeepLimits> {
    const row = db.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?').get(SETTING);
    const { sizeBytes, days } = asObject(parseJson(row?.value ?? '{}'));
    return {
      ...(sizeBytes === null || isKeepSize(sizeBytes) ? { sizeBytes } : {}),
      ...(days === null || isKeepDays(days) ? { days } : {}),
    };
  }

  function storeBytes(): number {
    const number = (name: string) => db.pragma(name, { simple: true }) as number;
    return (number('page_count') - number('freelist_count')) * number('page_size');
  }

  return {
    run,
    status: () => ({
      ...limits(),
      isFixed: { size: configured.sizeBytes !== undefined, days: configured.days !== undefined },
      storeBytes: storeBytes(),
    }),
    async change(next) {
      const save = db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
      await whenFree(db, () => save.run(SETTING, JSON.stringify({ ...saved(), ...next })));
      look();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function toCount(count: number): string {
  return count === 1 ? 'One old session was deleted' : `${count} old sessions were deleted`;
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PAUSE_MS).unref();
  });
}
