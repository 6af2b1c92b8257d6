/** The recorder beside a bare loop that inserts the same chunks and events, a row each; and what it takes on disk. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import type { TapEvent } from '../../proxy-core/protocol/capture/tap-event.ts';
import { DATABASE_FILE, openDatabase } from '../../proxy-core/recorder/database.ts';
import { createRecorder } from '../../proxy-core/recorder/recorder.ts';
import { takePairs, toResult, type BenchLine, type Pair } from '../bench-line.ts';
import { asNewStep, tapEventsOf } from '../lib/tap-events.ts';

const DELTAS = 2_000;
const ROWS_PER_TRANSACTION = 4_000;

export const recorderLine: BenchLine = {
  id: 'recorder',
  async run({ isQuick }) {
    const steps = Array.from({ length: isQuick ? 5 : 50 }, () => asNewStep(tapEventsOf(DELTAS)));
    const rows = steps.flat().reduce((sum, event) => sum + rowsOf(event), 0);
    const sizes: Pair[] = [];
    const inFolder = async (work: (dir: string) => number | Promise<number>): Promise<number> => {
      const dir = mkdtempSync(join(tmpdir(), 'deltascope-bench-'));
      try {
        return (rows * 1000) / (await work(dir));
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    };
    const ours = (): Promise<number> =>
      inFolder(async (dir) => {
        const elapsedMs = await record(dir, steps);
        sizes.push({ value: statSync(join(dir, DATABASE_FILE)).size / 1e6, floor: bytesOf(steps) / 1e6 });
        return elapsedMs;
      });
    await ours();
    const pairs = await takePairs(isQuick ? 3 : 9, ours, () => inFolder((dir) => insertRows(dir, steps)));
    return [
      toResult({
        line: 'recorder, chunks and events as rows',
        unit: 'rows/s',
        floorIs: 'a bare better-sqlite3 loop that inserts the same rows',
        target: { as: 'times', atLeast: 0.6 },
        pairs,
      }),
      toResult({
        line: 'recorder, disk',
        unit: 'MB',
        floorIs: 'the recorded bytes of both sides',
        target: { as: 'times', atMost: 1.5 },
        pairs: sizes,
      }),
    ];
  },
};

async function record(dir: string, steps: readonly TapEvent[][]): Promise<number> {
  const { db } = openDatabase(dir);
  const recorder = createRecorder({ db });
  const startedAt = performance.now();
  for (const step of steps) {
    for (const event of step) recorder.observe(event);
    // The recorder writes by itself when much has come together; it only needs its turn.
    await nextTurn();
  }
  if (!recorder.flush()) throw new Error(recorder.trouble() ?? 'The recorder could not write.');
  const elapsedMs = performance.now() - startedAt;
  db.pragma('wal_checkpoint(TRUNCATE)');
  recorder.close();
  db.close();
  return elapsedMs;
}

function insertRows(dir: string, steps: readonly TapEvent[][]): number {
  const db = new Sqlite(join(dir, 'floor.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(`CREATE TABLE chunks (step TEXT, idx INTEGER, t_us INTEGER, bytes BLOB);
    CREATE TABLE events (step TEXT, idx INTEGER, t_us INTEGER, name TEXT, chunk INTEGER, data TEXT)`);
  const insertChunk = db.prepare('INSERT INTO chunks VALUES (?, ?, ?, ?)');
  const insertEvent = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)');
  const startedAt = performance.now();
  let rows = 0;
  db.exec('BEGIN');
  for (const event of steps.flat()) {
    if (event.type === 'upstream.chunk') insertChunk.run(event.stepId, event.index, event.tUs, event.bytes);
    if (event.type === 'client.write') {
      for (const one of event.events) insertEvent.run(event.stepId, one.index, one.tUs, one.name, one.chunkIndex, one.data);
    }
    rows += rowsOf(event);
    if (rows < ROWS_PER_TRANSACTION) continue;
    db.exec('COMMIT; BEGIN');
    rows = 0;
  }
  db.exec('COMMIT');
  const elapsedMs = performance.now() - startedAt;
  db.close();
  return elapsedMs;
}

function rowsOf(event: TapEvent): number {
  if (event.type === 'upstream.chunk') return 1;
  return event.type === 'client.write' ? event.events.length : 0;
}

function bytesOf(steps: readonly TapEvent[][]): number {
  return steps.flat().reduce((sum, event) => sum + ('bytes' in event ? event.bytes.length : 0), 0);
}
