/** Evidence on disk. Only the row and its SQL; what is kept in memory until it is written is ./evidence-store.ts. */
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

export interface EvidenceRow {
  kind: EvidenceKind;
  scope: string;
  value: string;
  evidence: Evidence;
}

/** In one transaction; throws what SQLite throws. */
export function createEvidenceWriter(db: Database): (rows: readonly EvidenceRow[]) => void {
  const insert = db.prepare(
    'INSERT OR REPLACE INTO evidence (kind, scope, value, session_id, step_index, response_id, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  return db.transaction((rows: readonly EvidenceRow[]) => {
    for (const { kind, scope, value, evidence } of rows) {
      insert.run(kind, scope, value, evidence.sessionId, evidence.stepIndex, evidence.responseId, evidence.at);
    }
  });
}
