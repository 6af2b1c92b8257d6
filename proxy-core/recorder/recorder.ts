/**
 * The observer that writes. Tap events are gathered per step in memory and written in one transaction
 * every 25 ms or when enough has come together. The queue is bounded: what finds no room is dropped,
 * counted and shown as the step's gap. A disk that fails never reaches the exchange: it is told by
 * `trouble()`, and tried again later.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClientWrite, Observer, TapEvent } from '../protocol/capture/tap-event.ts';
import { createLeanMap } from '../protocol/lean-map.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { createCheckpoints } from './checkpoints.ts';
import { DAMAGED_MARK, explainSqliteError, isDamage, isEnvironmentFault, type WritableDatabase } from './database.ts';
import { releaseSegment } from './segment.ts';
import { createStepDraft, draftChunk, draftWrite, dropChunk, dropWrite, type StepDraft } from './step-draft.ts';
import { createStepWriter, type GatewayLink } from './step-writer.ts';

export interface RecorderOptions {
  db: WritableDatabase;
  flushMs?: number;
  /** Upper bounds of what waits for the disk. */
  maxQueuedBytes?: number;
  maxQueuedRows?: number;
  /** Called when `trouble()` begins, changes or is over; with how many steps are missing from the record by then. */
  onTrouble?: (trouble: string | null, lostSteps: number) => void;
}

/** What the record takes, wherever it is written: here, or in a thread (../recording/recording-thread.ts). */
export interface RecordWriter {
  observe: Observer;
  addFindings(stepId: string, findings: readonly Finding[]): void;
  /** All findings of a step, instead of what was added before. */
  replaceFindings(stepId: string, findings: readonly Finding[]): void;
  /** What became known of a step's place at a gateway. */
  linkGateway(link: GatewayLink): void;
  /** Nothing more is recorded of this session's running steps; for a session that is deleted. */
  forgetSession(sessionId: string): void;
  /** Writes what waits, now. False when it could not be written (it still waits). */
  flush(): boolean | Promise<boolean>;
  /** Why something is not recorded just now, in one sentence; null when all is well. */
  trouble(): string | null;
}

export interface Recorder extends RecordWriter {
  /** A chunk or write that found no room on its way here. */
  lose(lost: LostTap): void;
  /** @param alongside what others write in the same transaction. */
  flush(alongside?: Alongside): boolean;
  /** Writes what waits and ends; later tap events are ignored. The database stays open. */
  close(): void;
}

export interface Alongside {
  write(): void;
  /** None of it stands: the disk took nothing. */
  failed(error: unknown): void;
}

/** What was observed and not kept: its place and size. */
export type LostTap =
  | { type: 'body'; stepId: string }
  | { type: 'chunk'; stepId: string; index: number }
  | { type: 'write'; stepId: string; size: number; eventCount: number; nextIndex: number };

interface FoundInStep {
  list: Finding[];
  /** They stand for all of the step. */
  isAll: boolean;
}

const DEFAULTS = { flushMs: 25, maxQueuedBytes: 64 * 1024 * 1024, maxQueuedRows: 200_000 };
/** A batch this large is written at the next turn of the event loop, without waiting for the clock. */
const EARLY_FLUSH_BYTES = 4 * 1024 * 1024;
const EARLY_FLUSH_ROWS = 4_000;
const MAX_RETRY_MS = 2_000;

export function createRecorder(options: RecorderOptions): Recorder {
  const { db, onTrouble } = options;
  const flushMs = options.flushMs ?? DEFAULTS.flushMs;
  const maxQueuedBytes = options.maxQueuedBytes ?? DEFAULTS.maxQueuedBytes;
  const maxQueuedRows = options.maxQueuedRows ?? DEFAULTS.maxQueuedRows;

  const writer = createStepWriter(db);
  const checkpoints = createCheckpoints(db);
  const steps = createLeanMap<string, StepDraft>();
  let dirty: StepDraft[] = [];
  let findings = new Map<string, FoundInStep>();
  let links: GatewayLink[] = [];
  let queuedBytes = 0;
  let queuedRows = 0;
  let lostSteps = 0;
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  let retryMs = 0;
  let fault: string | null = null;
  let isDamaged = false;
  let isClosed = false;

  function observe(event: TapEvent): void {
    if (isClosed) return;
    if (event.type === 'step.started') return start(event);
    const step = steps.get(event.stepId);
    if (!step) return;
    const isFull = queuedBytes >= maxQueuedBytes || queuedRows >= maxQueuedRows;
    switch (event.type) {
      case 'upstream.chunk':
        if (isFull) dropChunk(step, event.index);
        else queuedBytes += draftChunk(step, event);
        break;
      case 'client.write':
        if (isFull) dropWrite(step, toLostWrite(event));
        else queuedBytes += draftWrite(step, event);
        queuedRows += event.events.length;
        break;
      case 'step.ended':
        step.ended = event;
        break;
      default:
        if (isFull) step.gapEvents += 1;
        else step.notes.push(event);
        if (event.type === 'upstream.request') queuedBytes += event.body.length;
    }
    touch(step, 1);
  }

  function start(event: Extract<TapEvent, { type: 'step.started' }>): void {
    if (queuedBytes >= maxQueuedBytes || queuedRows >= maxQueuedRows) {
      lostSteps += 1;
      return;
    }
    const step = createStepDraft(event);
    steps.set(event.stepId, step);
    queuedBytes += event.body.length;
    touch(step, 1);
  }

  function touch(step: StepDraft, rows: number): void {
    if (!step.isDirty) dirty.push(step);
    step.isDirty = true;
    queuedRows += rows;
    schedule();
  }

  function schedule(): void {
    const isMuch = queuedRows >= EARLY_FLUSH_ROWS || queuedBytes >= EARLY_FLUSH_BYTES;
    if (isMuch && retryMs === 0) immediate ??= setImmediate(() => flush());
    timer ??= setTimeout(() => flush(), Math.max(flushMs, retryMs)).unref();
  }

  function flush(alongside?: Alongside): boolean {
    clearTimeout(timer);
    clearImmediate(immediate);
    timer = undefined;
    immediate = undefined;
    if (dirty.length === 0 && findings.size === 0 && links.length === 0 && !alongside) return true;
    if (isDamaged) {
      forget();
      alongside?.failed(new Error('the store is damaged'));
      return false;
    }
    try {
      commit(dirty, findings, alongside);
    } catch (error) {
      alongside?.failed(error);
      return recover(error);
    }
    retryMs = 0;
    tell(null);
    return true;
  }

  /** One transaction; what it wrote is taken out of the drafts only when it stands. */
  function commit(batch: StepDraft[], found: Map<string, FoundInStep>, alongside: Alongside | undefined): void {
    // Immediate: one that reads first could not write any more once another connection has written in between.
    const writeAll = db.transaction(() => {
      alongside?.write();
      const written = batch.map((step) => writer.write(step));
      for (const [stepId, { list, isAll }] of found) writer.writeFindings(stepId, list, isAll);
      for (const link of links) writer.writeLink(link);
      return written;
    });
    const numbers = writeAll.immediate();
    batch.forEach((step, i) => settle(step, numbers[i] as number));
    dirty = [];
    findings = new Map();
    links = [];
    checkpoints.wrote(queuedBytes);
    queuedBytes = 0;
    queuedRows = 0;
  }

  function settle(step: StepDraft, no: number): void {
    step.no = no;
    step.nextSeq += step.segments.length;
    step.warningCount += step.notes.filter((note) => note.type === 'warning').length;
    step.notes = [];
    for (const segment of step.segments) releaseSegment(segment);
    step.segments = [];
    step.search.fresh = [];
    step.isDirty = false;
    if (step.ended) steps.delete(step.id);
  }

  function recover(error: unknown): false {
    if (isDamage(error)) {
      isDamaged = true;
      markDamaged();
      forget();
      tell('Nothing is recorded any more: the store is damaged. Restart Deltascope; the damaged file is set aside and a new one begun.');
      return false;
    }
    if (isEnvironmentFault(error)) {
      retryMs = Math.min(MAX_RETRY_MS, Math.max(flushMs, retryMs * 2));
      tell(`Nothing is recorded just now: ${explainSqliteError(error)}`);
      schedule();
      return false;
    }
    writeOneByOne();
    return false;
  }

  /** A row that can't be written (a fault of ours) must not keep the others from the disk. */
  function writeOneByOne(): void {
    let lost = 0;
    let reason = '';
    for (const step of dirty) {
      try {
        const no = db.transaction(() => writer.write(step)).immediate();
        settle(step, no);
      } catch (error) {
        if (isEnvironmentFault(error) || isDamage(error)) {
          dirty = dirty.filter((one) => one.isDirty);
          return;
        }
        lost += 1;
        reason = error instanceof Error ? error.message : String(error);
        step.isDirty = false;
        steps.delete(step.id);
      }
    }
    dirty = [];
    findings = new Map();
    links = [];
    queuedBytes = 0;
    queuedRows = 0;
    lostSteps += lost;
    tell(`${lost} step${lost === 1 ? '' : 's'} could not be recorded (${reason}); please report this.`);
  }

  function forget(): void {
    lostSteps += dirty.length;
    dirty = [];
    for (const id of [...steps.keys()]) steps.delete(id);
    findings = new Map();
    links = [];
    queuedBytes = 0;
    queuedRows = 0;
  }

  function markDamaged(): void {
    if (db.memory) return;
    try {
      writeFileSync(join(dirname(db.name), DAMAGED_MARK), '');
    } catch {
      // The disk takes nothing at all: opening the file will show its damage again.
    }
  }

  function tell(trouble: string | null): void {
    if (trouble === fault) return;
    fault = trouble;
    onTrouble?.(trouble, lostSteps);
  }

  return {
    observe,
    flush,
    trouble: () => toTrouble(fault, lostSteps),
    lose(lost) {
      const step = steps.get(lost.stepId);
      if (!step || isClosed) return;
      if (lost.type === 'body') step.gapEvents += 1;
      else if (lost.type === 'chunk') dropChunk(step, lost.index);
      else dropWrite(step, lost);
      touch(step, 1);
    },
    addFindings(stepId, list) {
      // With a full queue they are left out: they can be had again from the stream itself.
      if (isClosed || list.length === 0 || queuedRows >= maxQueuedRows) return;
      const known = findings.get(stepId);
      if (known) known.list.push(...list);
      else findings.set(stepId, { list: [...list], isAll: false });
      queuedRows += list.length;
      schedule();
    },
    replaceFindings(stepId, list) {
      if (isClosed) return;
      findings.set(stepId, { list: [...list], isAll: true });
      queuedRows += list.length + 1;
      schedule();
    },
    linkGateway(link) {
      if (isClosed) return;
      links.push(link);
      queuedRows += 1;
      schedule();
    },
    forgetSession(sessionId) {
      for (const step of steps.values()) {
        if (step.started.sessionId !== sessionId) continue;
        steps.delete(step.id);
      }
      dirty = dirty.filter((step) => step.started.sessionId !== sessionId);
    },
    close() {
      flush();
      isClosed = true;
      clearTimeout(timer);
      clearImmediate(immediate);
      checkpoints.close();
    },
  };
}

/** A fault as `trouble()` tells it. */
export function toTrouble(fault: string | null, lostSteps: number): string | null {
  if (fault === null || lostSteps === 0) return fault;
  return `${fault} ${lostSteps} step${lostSteps === 1 ? ' is' : 's are'} missing from the record.`;
}

function toLostWrite({ stepId, bytes, events }: ClientWrite): Extract<LostTap, { type: 'write' }> {
  return { type: 'write', stepId, size: bytes.length, eventCount: events.length, nextIndex: (events.at(-1)?.index ?? -1) + 1 };
}

/** Steps that an earlier bridge left behind in mid-stream. Only for a bridge that is alone on its data dir. */
export function interruptOrphans(db: WritableDatabase, lastNo = Number.MAX_SAFE_INTEGER): number {
  const failResponses = db.prepare(
    `UPDATE responses SET status = 'failed' WHERE status = 'in_progress'
       AND id IN (SELECT response_id FROM steps WHERE status = 'streaming' AND no <= ?)`,
  );
  const interruptSteps = db.prepare("UPDATE steps SET status = 'interrupted' WHERE status = 'streaming' AND no <= ?");
  return db.transaction(() => {
    // Else whoever asks for such a response would wait for it for ever.
    failResponses.run(lastNo);
    return interruptSteps.run(lastNo).changes;
  })();
}
