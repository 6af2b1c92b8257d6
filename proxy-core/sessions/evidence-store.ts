/**
 * What later requests may bring back, and where it leads: ids, keys and prefix hashes, apart per scope
 * (client and credential). It waits until whoever writes takes it, a batch at a time; what waits is already
 * found. Never throws: without a disk it remembers what fits.
 */
import type { Database } from 'better-sqlite3';
import type { Evidence, EvidenceKind, EvidenceRow } from './evidence-rows.ts';

export interface EvidenceStore {
  find(kind: EvidenceKind, scope: string, value: string): Evidence | undefined;
  put(kind: EvidenceKind, scope: string, value: string, evidence: Evidence): void;
  /** Many look-ups over one lock of the file: a long history brings hundreds of ids. */
  inOneRead<Result>(look: () => Result): Result;
  forgetSession(sessionId: string): void;
  /** What waits for the disk; null when nothing does, or much is on its way. @param isLast without the pause after a fault. */
  take(isLast?: boolean): readonly EvidenceRow[] | null;
  /** The oldest batch that was taken is on disk, or (an error) waits again. */
  settle(error: Error | null): void;
}

/** A disk that took nothing is tried again after this long. */
const RETRY_MS = 2_000;
const MAX_WAITING = 50_000;
/** Batches that a disk may be late with; more would only lie about somewhere else. */
const MAX_ON_THE_WAY = 4;

/** @param onWaiting there is something to take. */
export function createEvidenceStore(db: Database, onWaiting: () => void): EvidenceStore {
  const get = db.prepare<[string, string, string], Evidence>(
    `SELECT session_id AS sessionId, step_index AS stepIndex, response_id AS responseId, at FROM evidence
     WHERE kind = ? AND scope = ? AND value = ?`,
  );
  let waiting = new Map<string, EvidenceRow>();
  const onTheWay: (typeof waiting)[] = [];
  let retry: NodeJS.Timeout | undefined;

  function settle(error: Error | null): void {
    const settled = onTheWay.shift();
    if (!settled || error === null) {
      if (waiting.size > 0 && retry === undefined) onWaiting();
      return;
    }
    // The recorder, on the same disk, says what is wrong; this waits, up to its bound, for another try.
    const isOutdated = (key: string) => onTheWay.some((later) => later.has(key));
    waiting = new Map([...[...settled].filter(([key]) => !isOutdated(key)), ...waiting]);
    dropOldest();
    retry ??= setTimeout(() => {
      retry = undefined;
      onWaiting();
    }, RETRY_MS).unref();
  }

  function dropOldest(): void {
    while (waiting.size > MAX_WAITING) waiting.delete(waiting.keys().next().value as string);
  }

  return {
    find(kind, scope, value) {
      const key = `${kind} ${scope} ${value}`;
      const fresh = waiting.get(key) ?? onTheWay.findLast((rows) => rows.has(key))?.get(key);
      if (fresh) return fresh.evidence;
      try {
        return get.get(kind, scope, value);
      } catch {
        return undefined; // unreadable just now: the step begins a session of its own
      }
    },
    put(kind, scope, value, evidence) {
      waiting.set(`${kind} ${scope} ${value}`, { kind, scope, value, evidence });
      dropOldest();
      if (retry === undefined) onWaiting();
    },
    inOneRead(look) {
      try {
        db.exec('BEGIN');
      } catch {
        return look(); // without the shared lock, or without the disk at all: `find` knows what to do
      }
      try {
        return look();
      } finally {
        // A fault of the disk may have ended it already.
        if (db.inTransaction) db.exec('COMMIT');
      }
    },
    forgetSession(sessionId) {
      for (const rows of [waiting, ...onTheWay]) {
        for (const [key, { evidence }] of rows) if (evidence.sessionId === sessionId) rows.delete(key);
      }
    },
    take(isLast = false) {
      if (waiting.size === 0 || onTheWay.length >= MAX_ON_THE_WAY || (retry !== undefined && !isLast)) return null;
      const taken = waiting;
      onTheWay.push(taken);
      waiting = new Map();
      return [...taken.values()];
    },
    settle,
  };
}
