/** The sample sessions of a first start: one clean, the others as a real gateway broke them. */
import type { RecordedSession } from '../../protocol/capture/recorded-session.ts';
import { loadSamples } from './index.ts';
import { toCleanSession, toRecordedSession, type Retranslate } from './to-recorded.ts';

const APART_MS = 60_000;

/** Oldest first, as they should be written down. */
export function toSampleSessions(retranslate: Retranslate): RecordedSession[] {
  // Listed as they are here, the most telling first: a list of sessions shows the newest at its top.
  const newestMs = Math.max(...loadSamples().map(({ recordedAtMs }) => recordedAtMs));
  const samples = loadSamples().map((sample, index) => ({ ...sample, recordedAtMs: newestMs - index * APART_MS }));
  const [first] = samples;
  const broken = samples.toReversed().map(toRecordedSession);
  return first ? [...broken, toCleanSession(first, retranslate)] : broken;
}
