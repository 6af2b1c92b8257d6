/**
 * What later requests may bring back, and where it leads: ids, keys and prefix hashes, apart per scope
 * (client and credential). Written in batches; what waits is already found. Never throws: without a
 * disk it remembers what fits.
 */
import type { Database } from 'better-sqlite3';

export type EvidenceKind = 'response' | 'item' | 'call' | 'key' | 'history';

export interface Evidence {
  sessionId: string;
  /** The step that left it. */
  stepIndex: number;
  responseId: string | null;
  /** Microseconds since the epoch. */
  at: number;
}

export interface EvidenceStore {
  find(kind: EvidenceKind, scope: string, value: string): Evidence | undefined;
  put(kind: EvidenceKind, scope: string, value: string, evidence: Evidence): void;
  /** Many look-ups over one lock of the file: a long history brings hundreds of ids. */
  inOneRead<Result>(look: () => Result): Result;
  forgetSession(sessionId: string): void;
  flush(): void;
  close(): void;
}

const FLUSH_MS = 50;
/** A disk that took nothing is tried again after this long. */
const RETRY_MS = 2_000;
const MAX_WAITING = 50_000;

interface Waiting {
  kind: EvidenceKind;
  scope: string;
  value: string;
  evidence: Evidence;
}

export function createEvidenceStore(db: Database): EvidenceStore {
  const get = db.prepare<[string, string, string], Evidence>(
    `SELECT session_id AS sessionId, step_index AS stepIndex, response_id AS responseId, at FROM evidence
     WHERE kind = ? AND scope = ? AND value = ?`,
  );
  const insert = db.prepare(
    'INSERT OR REPLACE INTO evidence (kind, scope, value, session_id, step_index, response_id, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const waiting = new Map<string, Waiting>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const write = db.transaction(() => {
    for (const { kind, scope, value, evidence } of waiting.values()) {
      insert.run(kind, scope, value, evidence.sessionId, evidence.stepIndex, evidence.responseId, evidence.at);
    }
  });

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.size === 0 || isClosed) return;
    try {
      write();
      waiting.clear();
    } catch {
      // The recorder, on the same disk, says what is wrong; this waits, up to its bound, for the next flush.
      while (waiting.size > MAX_WAITING) waiting.delete(waiting.keys().next().value as string);
      timer ??= setTimeout(flush, RETRY_MS).unref();
    }
  }

  return {
    find(kind, scope, value) {
      const fresh = waiting.get(`${kind} ${scope} ${value}`);
      if (fresh) return fresh.evidence;
      try {
        return get.get(kind, scope, value);
      } catch {
        return undefined; // unreadable just now: the step begins a session of its own
      }
    },
    put(kind, scope, value, evidence) {
      waiting.set(`${kind} ${scope} ${value}`, { kind, scope, value, evidence });
      timer ??= setTimeout(flush, FLUSH_MS).unref();
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
      for (const [key, { evidence }] of waiting) if (evidence.sessionId === sessionId) waiting.delete(key);
    },
    flush,
    close() {
      flush();
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
