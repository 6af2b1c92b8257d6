/** The sample sessions of a first start: one clean, the others as a real gateway broke them. */
import type { RecordedSession } from '../../protocol/capture/recorded-session.ts';
import { loadSamples } from './index.ts';
import { toCleanSession, toRecordedSession, type Retranslate } from './to-recorded.ts';

/** Oldest first, as they should be written down. */
export function toSampleSessions(retranslate: Retranslate): RecordedSession[] {
  const samples = loadSamples();
  const [first] = samples;
  const broken = samples.toReversed().map(toRecordedSession);
  return first ? [...broken, toCleanSession(first, retranslate)] : broken;
}
