/** A store with many recorded events in it, written by the real recorder. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openDatabase } from '../../proxy-core/recorder/database.ts';
import { createRecorder } from '../../proxy-core/recorder/recorder.ts';
import { asNewStep, emitStep, tapEventsOf } from './tap-events.ts';

const DELTAS = 2_000;

/** Adds sessions of about 2,000 events each until there are this many more. */
export async function fillStore(dataDir: string, events: number): Promise<void> {
  const { db } = openDatabase(dataDir);
  const recorder = createRecorder({ db });
  const step = tapEventsOf(DELTAS);
  for (let left = events; left > 0; left -= DELTAS) {
    for (const event of asNewStep(step)) recorder.observe(event);
    recorder.flush();
    await nextTurn();
  }
  recorder.close();
  db.close();
}

const TAPS_PER_FLUSH = 4_000;

/** Adds one session with one step of this many deltas, eight events around them. @returns how many events it has. */
export function fillLongStep(dataDir: string, deltas: number): number {
  const { db } = openDatabase(dataDir);
  const recorder = createRecorder({ db });
  let taps = 0;
  let events = 0;
  emitStep(deltas, (event) => {
    recorder.observe(event);
    if (event.type === 'client.write') events += event.events.length;
    if (++taps % TAPS_PER_FLUSH === 0) recorder.flush();
  });
  recorder.close();
  db.close();
  return events;
}
