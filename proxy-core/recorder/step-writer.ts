/**
 * Step drafts into rows: all the SQL that writes captures. Runs inside the recorder's transaction and
 * changes no draft, so that a batch that failed can be written again.
 */
import { createHash } from 'node:crypto';
import { assertNever } from '../protocol/assert-never.ts';
import type { StepEnded, StepStarted } from '../protocol/capture/tap-event.ts';
import { asString, parseJsonObject } from '../protocol/json.ts';
import { countFindings, type Finding } from '../protocol/lint/finding.ts';
import { createBlobStore } from '../storage/blob-store.ts';
import type { WritableDatabase } from './database.ts';
import { noteId, noteRequest } from './search-text.ts';
import { encodeSegment } from './segment.ts';
import type { StepDraft, StepNote } from './step-draft.ts';

const MAX_PARSED_BODY = 1_048_576;
/** More findings of one step are counted, not kept: a stream wrong in every event says so in the first thousands. */
const MAX_FINDINGS = 10_000;

export interface StepWriter {
  /** @returns the step's row number. */
  write(step: StepDraft): number;
  /** Findings of a step that may be long over; unknown steps are ignored. */
  writeFindings(stepId: string, findings: readonly Finding[], isAll: boolean): void;
  writeLink(link: GatewayLink): void;
}

/** What became known of a step's place at a gateway after it began; unknown steps are ignored. */
export type GatewayLink =
  | { stepId: string; innerOf: string | null; linkedBy: string | null }
  /** The inner call that this step's answer was made from. */
  | { stepId: string; gatewayStep: string | null };

export function createStepWriter(db: WritableDatabase): StepWriter {
  const blobs = createBlobStore(db);
  const insertSession = db.prepare(
    `INSERT INTO sessions (id, title, client_name, client_version, started_at, replay_of, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO NOTHING`,
  );
  const getSession = db.prepare<[string], { no: number; title: string }>('SELECT no, title FROM sessions WHERE id = ?');
  const setTitle = db.prepare('UPDATE sessions SET title = ? WHERE no = ?');
  const getBody = db.prepare<[Uint8Array], { no: number }>('SELECT no FROM bodies WHERE hash = ?');
  const insertBody = db.prepare('INSERT INTO bodies (hash, codec, bytes) VALUES (?, ?, ?)');
  const insertStep = db.prepare(
    `INSERT INTO steps (id, session_no, idx, status, started_at, transport, method, path, headers, body_no, upstream, upstream_kind,
       model, stream, is_responses, previous_response_id, linked_by, inner_of)
     VALUES (?, ?, ?, 'streaming', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateStep = db.prepare(
    'UPDATE steps SET chunk_count = ?, event_count = ?, first_event_us = ?, gap_events = ?, gap_chunks = ? WHERE no = ?',
  );
  const endStep = db.prepare(
    `UPDATE steps SET chunk_count = ?, event_count = ?, first_event_us = ?, gap_events = ?, gap_chunks = ?, status = ?, duration_us = ?,
       http_status = ?, response_id = ?, response_id_aliases = ?, model = coalesce(?, model), usage = ?, error = ? WHERE no = ?`,
  );
  const setResponseId = db.prepare('UPDATE steps SET response_id = ? WHERE no = ? AND response_id IS NULL');
  const setHead = db.prepare('UPDATE steps SET http_status = ?, response_headers = ? WHERE no = ?');
  const insertAttempt = db.prepare(
    `INSERT OR REPLACE INTO attempts (step_no, attempt, t_us, method, url, headers, body_no, status, response_headers, end_cause, end_detail)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setAttemptHead = db.prepare('UPDATE attempts SET status = ?, response_headers = ? WHERE step_no = ? AND attempt = ?');
  const endAttempt = db.prepare('UPDATE attempts SET end_cause = ?, end_detail = ? WHERE step_no = ? AND attempt = ?');
  const insertWarning = db.prepare('INSERT OR REPLACE INTO warnings (step_no, seq, code, message, param) VALUES (?, ?, ?, ?, ?)');
  const insertSegment = db.prepare(
    `INSERT INTO segments (step_no, seq, chunk_first, chunk_count, event_first, event_count, write_offset, write_size, marks, chunk_bytes, write_bytes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertId = db.prepare('INSERT OR IGNORE INTO step_ids (step_no, id, kind) VALUES (?, ?, ?)');
  const insertText = db.prepare('INSERT OR REPLACE INTO search (rowid, text) VALUES (?, ?)');
  const getStep = db.prepare<[string], { no: number; stored: number }>(
    'SELECT no, error_count + warning_count + note_count AS stored FROM steps WHERE id = ?',
  );
  const insertFinding = db.prepare('INSERT INTO findings (step_no, severity, rule, finding) VALUES (?, ?, ?, ?)');
  const dropFindings = db.prepare('DELETE FROM findings WHERE step_no = ?');
  const resetCounts = db.prepare('UPDATE steps SET error_count = 0, warning_count = 0, note_count = 0 WHERE no = ?');
  const countStep = db.prepare(
    'UPDATE steps SET error_count = error_count + ?, warning_count = warning_count + ?, note_count = note_count + ? WHERE no = ?',
  );

  const setOuter = db.prepare('UPDATE steps SET inner_of = ?, linked_by = ? WHERE id = ?');
  const setGatewayStep = db.prepare('UPDATE steps SET gateway_step = ? WHERE id = ?');

  function writeLink(link: GatewayLink): void {
    if ('innerOf' in link) setOuter.run(link.innerOf, link.linkedBy, link.stepId);
    else setGatewayStep.run(link.gatewayStep, link.stepId);
  }

  function write(step: StepDraft): number {
    const no = step.no ?? insert(step);
    writeNotes(no, step);
    step.segments.forEach((draft, i) => {
      const following = step.segments[i + 1];
      const row = encodeSegment(draft, {
        chunk: following?.chunkFirst ?? step.chunkCount,
        event: following?.eventFirst ?? step.eventCount,
      });
      insertSegment.run(
        no,
        step.nextSeq + i,
        row.chunkFirst,
        row.chunkCount,
        row.eventFirst,
        row.eventCount,
        row.writeOffset,
        row.writeSize,
        row.marks,
        row.chunkBytes,
        row.writeBytes,
      );
    });
    for (const [id, kind] of step.search.fresh) {
      insertId.run(no, id, kind);
      if (kind === 'response' && !step.ended) setResponseId.run(id, no);
    }
    if (step.ended) end(step, step.ended, no);
    else updateStep.run(step.chunkCount, step.eventCount, step.firstEventUs, step.gapEvents, step.gapChunks, no);
    return no;
  }

  function insert(step: StepDraft): number {
    const { started } = step;
    const sessionNo = toSession(started);
    const body = started.body.length <= MAX_PARSED_BODY ? parseJsonObject(Buffer.from(started.body).toString('utf8')) : undefined;
    // Once per step also when the batch is written again: the notes know what they have seen.
    if (body && !step.search.isRequestNoted) {
      step.search.isRequestNoted = true;
      noteRequest(step.search, body);
    }
    const result = insertStep.run(
      started.stepId,
      sessionNo,
      started.index,
      started.startedAtUs,
      started.transport,
      started.method,
      started.path,
      JSON.stringify(started.headers),
      toBody(started.body),
      started.upstream,
      started.upstreamKind,
      started.model,
      started.stream ? 1 : 0,
      started.isResponses ? 1 : 0,
      started.previousResponseId,
      started.linkedBy,
      started.innerOf ?? null,
    );
    const no = Number(result.lastInsertRowid);
    // Found while it runs; a step that has already ended gets its words once, with the answer's.
    if (step.search.text !== '' && !step.ended) insertText.run(no, step.search.text);
    return no;
  }

  function toSession(started: StepStarted): number {
    const known = getSession.get(started.sessionId);
    if (known) {
      if (known.title === '' && started.title !== '') setTitle.run(started.title, known.no);
      return known.no;
    }
    const { sessionId, title, client, startedAtUs } = started;
    const result = insertSession.run(
      sessionId,
      title,
      client?.name ?? null,
      client?.version ?? null,
      startedAtUs,
      started.replayOf ?? null,
      Date.now() * 1_000,
    );
    return Number(result.lastInsertRowid);
  }

  /** Equal bodies (a request passed through unchanged, a retry) are kept once. */
  function toBody(bytes: Uint8Array): number | null {
    if (bytes.length === 0) return null;
    const hash = createHash('sha256').update(bytes).digest().subarray(0, 16);
    const known = getBody.get(hash);
    if (known) return known.no;
    const packed = blobs.packBody(bytes);
    const no = Number(insertBody.run(hash, packed.codec, packed.bytes).lastInsertRowid);
    blobs.use('body', no, packed.blobs);
    return no;
  }

  /** An attempt that was begun and ended since the last flush is one row, written once. */
  function writeNotes(no: number, { notes, warningCount }: StepDraft): void {
    let warning = warningCount;
    const written = new Set<StepNote>();
    for (const note of notes) {
      if (written.has(note)) continue;
      if (note.type === 'upstream.request') {
        const rest = notes.filter((other) => 'attempt' in other && other.attempt === note.attempt);
        insertRequest(no, note, rest);
        for (const one of rest) written.add(one);
      } else if (note.type === 'warning') insertWarning.run(no, warning++, note.code, note.message, note.param ?? null);
      else if (note.type === 'client.head') setHead.run(note.status, JSON.stringify(note.headers), no);
      else if (note.type === 'upstream.response') setAttemptHead.run(note.status, JSON.stringify(note.headers), no, note.attempt);
      else if (note.type === 'upstream.end') endAttempt.run(note.cause, note.detail ?? null, no, note.attempt);
      else assertNever(note, 'step note');
    }
  }

  function insertRequest(no: number, request: Extract<StepNote, { type: 'upstream.request' }>, notes: readonly StepNote[]): void {
    const { attempt, tUs, method, url, headers } = request;
    const head = notes.findLast((note) => note.type === 'upstream.response');
    const end = notes.findLast((note) => note.type === 'upstream.end');
    insertAttempt.run(
      no,
      attempt,
      tUs,
      method,
      url,
      JSON.stringify(headers),
      toBody(request.body),
      head?.status ?? null,
      head ? JSON.stringify(head.headers) : null,
      end?.cause ?? null,
      end?.detail ?? null,
    );
  }

  function end(step: StepDraft, ended: StepEnded, no: number): void {
    const { chunkCount, eventCount, firstEventUs, gapEvents, gapChunks } = step;
    const { status, tUs, httpStatus, responseId, responseIdAliases, model, error } = ended;
    const aliases = responseIdAliases.length > 0 ? JSON.stringify(responseIdAliases) : null;
    const usage = ended.usage ? JSON.stringify(ended.usage) : null;
    const counts = [chunkCount, eventCount, firstEventUs, gapEvents, gapChunks];
    endStep.run(...counts, status, tUs, httpStatus, responseId, aliases, model, usage, error, no);
    for (const id of [responseId, ...responseIdAliases]) {
      noteId(step.search, asString(id), 'response');
      if (id) insertId.run(no, id, 'response');
    }
    const text = error ? `${step.search.text}${error}` : step.search.text;
    if (text !== '') insertText.run(no, text);
  }

  function writeFindings(stepId: string, findings: readonly Finding[], isAll: boolean): void {
    const step = getStep.get(stepId);
    if (!step) return;
    if (isAll) {
      dropFindings.run(step.no);
      resetCounts.run(step.no);
      step.stored = 0;
    }
    for (const finding of findings.slice(0, Math.max(0, MAX_FINDINGS - step.stored))) {
      insertFinding.run(step.no, finding.severity, finding.rule, JSON.stringify(finding));
    }
    const counts = countFindings(findings);
    countStep.run(counts.error, counts.warning, counts.note, step.no);
  }

  return { write, writeFindings, writeLink };
}
