/**
 * The thread in which bundles are made: reading, redacting, searching and zipping a large session takes seconds,
 * and streams must not wait for it. Verdicts are asked of the bridge, which remembers them. One job after the other.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { openDatabaseForReading } from '../recorder/database.ts';
import { createPricer } from '../recorder/prices.ts';
import { createQueries } from '../recorder/queries/create-queries.ts';
import type { Verdict } from '../protocol/api/control-api.ts';
import { runBundleTask, type BundleResults, type BundleTasks, type BundleTaskType } from './bundle-task.ts';
import { judgeSession } from './judge-session.ts';
import { readSessionRecord, type SessionRecord } from './session-record.ts';

/** Where the session is: in the store of a folder, or (a bridge without a disk) handed over whole. */
export type BundleSource = { type: 'store'; dataDir: string; sessionId: string } | { type: 'record'; record: SessionRecord };

export interface BundleJob<Type extends BundleTaskType = BundleTaskType> {
  type: 'job';
  id: number;
  source: BundleSource;
  taskType: Type;
  task: BundleTasks[Type];
}

export type ToBundleWorker = BundleJob | { type: 'cancel'; id: number } | { type: 'verdicts'; id: number; verdicts: Verdict[] };
export type FromBundleWorker =
  | { type: 'judge'; id: number; first: Uint8Array; next: Uint8Array | undefined }
  | { type: 'done'; id: number; result: BundleResults[BundleTaskType] }
  | { type: 'missing'; id: number }
  | { type: 'failed'; id: number; message: string };

const questions = new Map<number, (verdicts: Verdict[]) => void>();
let nextQuestion = 0;
let last: Promise<void> = Promise.resolve();
/** Jobs that nobody waits for any more. */
const cancelled = new Set<number>();

parentPort?.on('message', (message: ToBundleWorker) => {
  if (message.type === 'job') {
    last = last.then(() => run(message));
    return;
  }
  if (message.type === 'cancel') {
    cancelled.add(message.id);
    return;
  }
  questions.get(message.id)?.(message.verdicts);
  questions.delete(message.id);
});

async function run<Type extends BundleTaskType>({ id, source, taskType, task }: BundleJob<Type>): Promise<void> {
  try {
    // one turn of the loop, so that a cancel that came meanwhile is heard
    await nextTurn();
    if (cancelled.delete(id)) return tell({ type: 'missing', id });
    const record = source.type === 'record' ? source.record : await readStored(source);
    if (!record) return tell({ type: 'missing', id });
    const result = await runBundleTask(taskType, task, { record, judge: (judged) => judgeSession(judged, { judge: ask }) });
    tell({ type: 'done', id, result });
  } catch (error) {
    tell({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) });
  }
}

async function readStored({ dataDir, sessionId }: Extract<BundleSource, { type: 'store' }>): Promise<SessionRecord | undefined> {
  const db = openDatabaseForReading(dataDir);
  try {
    const pricer = createPricer();
    await pricer.ready();
    return readSessionRecord(createQueries(db, pricer), sessionId);
  } finally {
    db.close();
  }
}

function ask(first: Uint8Array, next?: Uint8Array): Promise<Verdict[]> {
  const id = nextQuestion++;
  return new Promise((resolve) => {
    questions.set(id, resolve);
    tell({ type: 'judge', id, first, next });
  });
}

function tell(message: FromBundleWorker): void {
  parentPort?.postMessage(message);
}
