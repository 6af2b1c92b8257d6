/**
 * Everything that is kept, in its first form. Steps and sessions are plain rows. What streams (chunks,
 * bytes to the client, places of events) is packed into `segments`: one row per step and batch, because
 * a row per event would cost more disk and time than the event itself (see ../segment.ts for the layout).
 */
import type { Migration } from './index.ts';

export const captures: Migration = {
  version: 1,
  name: 'captures',
  sql: `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE sessions (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  own_title TEXT,
  client_name TEXT,
  client_version TEXT,
  started_at INTEGER NOT NULL,
  pinned INTEGER NOT NULL DEFAULT 0,
  replay_of TEXT
);
CREATE INDEX sessions_by_start ON sessions (started_at, no);

CREATE TABLE bodies (no INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, codec INTEGER NOT NULL, bytes BLOB NOT NULL);

CREATE TABLE steps (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  session_no INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  status TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  first_event_us INTEGER,
  duration_us INTEGER,
  chunk_count INTEGER NOT NULL DEFAULT 0,
  event_count INTEGER NOT NULL DEFAULT 0,
  error_count INTEGER NOT NULL DEFAULT 0,
  warning_count INTEGER NOT NULL DEFAULT 0,
  note_count INTEGER NOT NULL DEFAULT 0,
  gap_events INTEGER NOT NULL DEFAULT 0,
  gap_chunks INTEGER NOT NULL DEFAULT 0,
  transport TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  headers TEXT NOT NULL,
  body_no INTEGER,
  upstream TEXT NOT NULL,
  upstream_kind TEXT NOT NULL,
  model TEXT,
  stream INTEGER NOT NULL,
  is_responses INTEGER NOT NULL,
  previous_response_id TEXT,
  linked_by TEXT,
  http_status INTEGER,
  response_headers TEXT,
  response_id TEXT,
  response_id_aliases TEXT,
  usage TEXT,
  error TEXT
);
CREATE INDEX steps_by_session ON steps (session_no, idx);
CREATE INDEX steps_by_body ON steps (body_no);
CREATE INDEX steps_streaming ON steps (no) WHERE status = 'streaming';

CREATE TABLE attempts (
  step_no INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  t_us INTEGER NOT NULL,
  method TEXT NOT NULL,
  url TEXT NOT NULL,
  headers TEXT NOT NULL,
  body_no INTEGER,
  status INTEGER,
  response_headers TEXT,
  end_cause TEXT,
  end_detail TEXT,
  PRIMARY KEY (step_no, attempt)
) WITHOUT ROWID;
CREATE INDEX attempts_by_body ON attempts (body_no);

CREATE TABLE segments (
  no INTEGER PRIMARY KEY,
  step_no INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  chunk_first INTEGER NOT NULL,
  chunk_count INTEGER NOT NULL,
  event_first INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  write_offset INTEGER NOT NULL,
  write_size INTEGER NOT NULL,
  marks BLOB NOT NULL,
  chunk_bytes BLOB NOT NULL,
  write_bytes BLOB NOT NULL
);
-- Covers the search for a place in a step, so that it reads no bytes on the way.
CREATE UNIQUE INDEX segments_by_step ON segments
  (step_no, seq, chunk_first, chunk_count, event_first, event_count, write_offset, write_size);

CREATE TABLE warnings (step_no INTEGER NOT NULL, seq INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, param TEXT,
  PRIMARY KEY (step_no, seq)) WITHOUT ROWID;

CREATE TABLE findings (no INTEGER PRIMARY KEY, step_no INTEGER NOT NULL, severity TEXT NOT NULL, rule TEXT NOT NULL, finding TEXT NOT NULL);
CREATE INDEX findings_by_step ON findings (step_no, severity, rule);

CREATE TABLE step_ids (step_no INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (step_no, id)) WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');

CREATE TABLE responses (
  id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL,
  step_id TEXT NOT NULL,
  previous_response_id TEXT,
  upstream TEXT NOT NULL,
  upstream_id TEXT,
  status TEXT NOT NULL,
  is_visible INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  request BLOB NOT NULL,
  response BLOB
);
CREATE INDEX responses_by_session ON responses (session_id);

CREATE TABLE items (
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  response_id TEXT NOT NULL,
  direction TEXT NOT NULL,
  position INTEGER NOT NULL,
  call_id TEXT,
  item BLOB NOT NULL,
  replay BLOB
);
CREATE INDEX items_by_id ON items (id);
CREATE INDEX items_by_response ON items (response_id);
CREATE INDEX items_by_call ON items (call_id) WHERE call_id IS NOT NULL;

CREATE TABLE aliases (foreign_id TEXT PRIMARY KEY, response_id TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX aliases_by_response ON aliases (response_id);

CREATE TABLE evidence (
  kind TEXT NOT NULL,
  scope TEXT NOT NULL,
  value TEXT NOT NULL,
  session_id TEXT NOT NULL,
  step_index INTEGER NOT NULL,
  response_id TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (kind, scope, value)
) WITHOUT ROWID;
CREATE INDEX evidence_by_session ON evidence (session_id);
`,
};
