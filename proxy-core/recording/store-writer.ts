/**
 * All that is written while streams run, on one connection: the record with its findings, responses, and
 * evidence. Runs in the recording thread; without a file (a store in memory) beside the streams themselves.
 */
import { createLiveLinter } from '../linter/live-linter.ts';
import { asString, parseJson } from '../protocol/json.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { isDamage, isEnvironmentFault, type WritableDatabase } from '../recorder/database.ts';
import { createRecorder, type Alongside, type LostTap } from '../recorder/recorder.ts';
import { createRedactor } from '../recorder/redact.ts';
import { createEvidenceWriter } from '../sessions/evidence-rows.ts';
import { createSqliteResponseStore, type SavedChanges } from '../sessions/sqlite-response-store.ts';
import { toStoreFault, type Batch, type BatchResult, type StoreFault } from './batch.ts';
import type { Order } from './packed-taps.ts';
import { createTapUnpacker } from './unpack-taps.ts';

export interface StoreWriter {
  write(batch: Batch): BatchResult;
  /** Writes what still waits. */
  close(): void;
}

export interface StoreWriterOptions {
  db: WritableDatabase;
  /** As `RecorderOptions.onTrouble`. */
  onTrouble: (trouble: string | null, lostSteps: number) => void;
  /** A fault of ours, in one sentence. */
  onFault: (text: string) => void;
}

export function createStoreWriter({ db, onTrouble, onFault }: StoreWriterOptions): StoreWriter {
  // Secrets come with the taps: findings and items are put together from what was masked piece by piece.
  const redactor = createRedactor();
  const recorder = createRecorder({ db, onTrouble });
  const store = createSqliteResponseStore(db, redactor.text);
  const saveEvidence = createEvidenceWriter(db);
  const changed = new Set<string>();
  /** Responses of the batch in hand: they are written with its taps, after those were looked at. */
  let arriving: SavedChanges | null = null;
  const clean = (findings: readonly Finding[]) => findings.map((finding) => maskFinding(finding, redactor.text));
  const lint = createLiveLinter({
    onFindings(stepId, findings) {
      recorder.addFindings(stepId, clean(findings));
      changed.add(stepId);
    },
    onStepFindings(stepId, findings) {
      recorder.replaceFindings(stepId, clean(findings));
      changed.add(stepId);
    },
    // What is not stored is no evidence here: a WebSocket may go on from what nobody else can see. A refusal is.
    store: {
      callIdOfItem: (id) => callIdIn(arriving, id) ?? look(() => asString(store.getItem(id, { includeInvisible: true })?.item['call_id'])),
    },
  });
  const unpack = createTapUnpacker({
    tap(event, isLinted) {
      attempt(() => recorder.observe(event));
      if (isLinted) attempt(() => lint(event));
    },
    lost(lost) {
      recorder.lose(lost);
      if (lost.type !== 'body') abandon(lost);
    },
    order,
  });

  /** Of a stream with a gap nothing can be said: for the linter it is over, without a word on its end. */
  function abandon({ stepId }: LostTap): void {
    const nothing = { httpStatus: 0, responseId: null, responseIdAliases: [], model: null, usage: null, error: null };
    attempt(() => lint({ type: 'step.ended', stepId, tUs: 0, status: 'cancelled', ...nothing }));
  }

  function order(one: Order): void {
    if (one.type === 'secret') redactor.addSecret(one.secret);
    else if (one.type === 'link') recorder.linkGateway(one.link);
    else if (one.type === 'forget') recorder.forgetSession(one.sessionId);
    else if (one.isAll) recorder.replaceFindings(one.stepId, clean(one.findings));
    else recorder.addFindings(one.stepId, clean(one.findings));
  }

  function attempt(observe: () => void): void {
    try {
      observe();
    } catch (error) {
      onFault(`an observer failed: ${toStoreFault(error).message}`);
    }
  }

  return {
    write({ id, responses, evidence, taps }) {
      arriving = responses;
      if (taps) attempt(() => unpack(taps));
      arriving = null;
      const faults: Pick<BatchResult, 'responses' | 'evidence'> = { responses: null, evidence: null };
      const alongside: Alongside = {
        write() {
          faults.responses = save(() => responses && store.save(responses));
          faults.evidence = save(() => evidence && saveEvidence(evidence));
        },
        failed(error) {
          const fault = toStoreFault(error);
          Object.assign(faults, { responses: responses && fault, evidence: evidence && fault });
        },
      };
      const isRecorded = recorder.flush(responses || evidence ? alongside : undefined);
      // What is not written yet is no news: it is told when it is.
      const news = isRecorded ? [...changed] : [];
      if (isRecorded) changed.clear();
      return { id, isRecorded, ...faults, changed: news, buffer: taps?.buffer ?? null };
    },
    close: recorder.close,
  };
}

/** A row that can't be written (a fault of ours) must not keep the others from the disk; a disk that fails fails all. */
function save(write: () => void): StoreFault | null {
  try {
    write();
    return null;
  } catch (error) {
    if (isEnvironmentFault(error) || isDamage(error)) throw error;
    return toStoreFault(error);
  }
}

function callIdIn(arriving: SavedChanges | null, itemId: string): string | undefined {
  return arriving?.responses.flatMap(({ newItems }) => newItems).find(({ id }) => id === itemId)?.call_id ?? undefined;
}

/** A store that can't be read just now says nothing. */
function look<Result>(read: () => Result | undefined): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function maskFinding(finding: Finding, mask: (text: string) => string): Finding {
  const text = JSON.stringify(finding);
  const masked = mask(text);
  return masked === text ? finding : (parseJson(masked) as Finding);
}
