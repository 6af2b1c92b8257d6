/** What the tests of the recording thread share. */
import type { TapEvent } from '../protocol/capture/tap-event.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { openMemoryDatabase } from '../recorder/database.ts';
import { createPricer } from '../recorder/prices.ts';
import { createQueries } from '../recorder/queries/create-queries.ts';
import { stepEnded, stepStarted, writes } from '../recorder/recorder-fixtures.ts';
import type { Batch, FromRecordingThread, ToRecordingThread } from './batch.ts';
import { createRecordingThread } from './recording-thread.ts';
import { createStoreWriter } from './store-writer.ts';

export const FLUSH_MS = 25;

/** A recording thread that is a store writer, and works when it is told to. */
export function openSlowRecord(maxBytes = 1_000_000) {
  const db = openMemoryDatabase();
  const queue: Batch[] = [];
  const messages: ToRecordingThread['type'][] = [];
  const troubles: [string | null, number][] = [];
  let hear: (message: FromRecordingThread) => void = () => undefined;
  let die: (why: string) => void = () => undefined;
  const writer = createStoreWriter({
    db,
    onTrouble: (trouble, lostSteps) => hear({ type: 'trouble', trouble, lostSteps }),
    onFault: (text) => hear({ type: 'notice', text }),
  });
  const recorder = createRecordingThread({
    db,
    maxBytes,
    flushMs: FLUSH_MS,
    onTrouble: (trouble, lost) => troubles.push([trouble, lost]),
    onChanged: () => undefined,
    onNotice: () => undefined,
    openChannel(_db, hearing, dying) {
      [hear, die] = [hearing, dying];
      return {
        hold: () => undefined,
        send(message) {
          messages.push(message.type);
          if (message.type === 'batch') queue.push(message.batch);
        },
        close: () => Promise.resolve(void messages.push('close')),
      };
    },
  });
  /** Writes what has been handed over, oldest first. */
  function work(): void {
    for (const batch of queue.splice(0)) hear({ type: 'result', result: writer.write(batch) });
  }
  const observe = (...events: TapEvent[]) => events.forEach(recorder.observe);
  const sizes = () => queue.map(({ taps }) => taps?.size ?? 0);
  return {
    recorder,
    observe,
    work,
    queue,
    sizes,
    messages,
    troubles,
    hear: (m: FromRecordingThread) => hear(m),
    die: () => die('gone'),
    ...createQueries(db, createPricer()),
  };
}

export function chunk(index: number, size: number): TapEvent {
  return { type: 'upstream.chunk', stepId: 'step_1', attempt: 0, index, tUs: index, bytes: Buffer.alloc(size, 'x') };
}

/** Names an item that was never announced: the linter has something to say of it. */
export const FAULTY = [
  { type: 'response.created', sequence_number: 0, response: { id: 'resp_1', output: [] } },
  { type: 'response.output_text.delta', sequence_number: 1, output_index: 0, item_id: 'msg_unknown', content_index: 0, delta: 'Sunny' },
];

export function faultyStep(stepId = 'step_1', sessionId = 'sess_1'): TapEvent[] {
  return [stepStarted({ stepId, sessionId }), ...writes(stepId, FAULTY), stepEnded({ stepId, status: 'failed' })];
}

export const finding = (message: string): Finding => ({
  ...{ rule: 'item-id-announced', severity: 'error', message, event: 1, sequenceNumber: 1, outputIndex: 0, itemId: 'msg_1' },
  ...{ expected: null, actual: null, related: [], hop: 'upstream', knownIssues: [] },
});
