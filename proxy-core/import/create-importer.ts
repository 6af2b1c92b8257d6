/**
 * Takes files of others into the record: read, told again as tap events to recorder and linter, and listed.
 * The linter here does not ask the bridge's own store: ids of a foreign recording mean nothing to it.
 */
import { UnreadableFileError } from '../files/recorded-stream.ts';
import { createLiveLinter } from '../linter/live-linter.ts';
import { gatewayFindings } from '../linter/gateway-findings.ts';
import type { RecordedSession, RecordedStep } from '../protocol/capture/recorded-session.ts';
import type { Observer, TapEvent } from '../protocol/capture/tap-event.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { importRecordedSession, type ImportDeps } from '../recorder/import-sample.ts';
import type { Recorder } from '../recorder/recorder.ts';
import { readSessions } from './read-sessions.ts';

export interface Importer {
  /** Never throws for what is in the file: that is told in `skipped`. */
  importFile(name: string, bytes: Uint8Array): Promise<{ sessions: string[]; skipped: { name: string; why: string }[] }>;
  /** @returns the id of the new session. */
  importSession(session: RecordedSession, replayOf?: string): string;
}

export interface ImporterDeps {
  recorder: Pick<Recorder, 'observe' | 'addFindings' | 'replaceFindings' | 'linkGateway' | 'flush'>;
  createId: (prefix: string) => string;
  masks: ImportDeps['masks'] & { learn?(body: Uint8Array): void };
  /** Microseconds since the epoch: for recordings that don't say when they were made. */
  nowUs: () => number;
  onImported?: (sessionId: string) => void;
}

/** Written down in between: the recorder's queue is bounded, and a whole session comes at once. */
const FLUSH_BYTES = 8_000_000;
const FLUSH_EVENTS = 2_000;

export function createImporter({ recorder, createId, masks, nowUs, onImported }: ImporterDeps): Importer {
  function importSession(session: RecordedSession, replayOf?: string): string {
    const found = new Map<string, readonly Finding[]>();
    const linter = createLiveLinter({
      onFindings: () => undefined,
      onStepFindings(stepId, findings) {
        found.set(stepId, findings);
        recorder.addFindings(stepId, findings);
      },
    });
    /** As live (../linter/gateway-watch.ts): linked, and judged again with both sides in hand. */
    function onGateway(stepId: string, innerId: string, { writes, gateway }: RecordedStep): void {
      recorder.linkGateway({ stepId, gatewayStep: innerId });
      const inner = joinBytes(gateway?.attempts.at(-1)?.chunks ?? []);
      const findings = found.get(stepId) ?? [];
      if (inner.length > 0) recorder.replaceFindings(stepId, gatewayFindings({ findings, emitted: joinBytes(writes), inner }));
    }
    const toRecorder: Observer = (event) =>
      recorder.observe(replayOf !== undefined && event.type === 'step.started' ? { ...event, replayOf } : event);
    const observers = [linter, toRecorder, createFlusher(recorder.flush)];
    const now = nowUs();
    for (const { body, writes } of session.steps) for (const bytes of [body, ...writes.map((write) => write.bytes)]) masks.learn?.(bytes);
    const steps = session.steps.map((step, index) => (step.startedAtUs > 0 ? step : { ...step, startedAtUs: now + index }));
    const id = importRecordedSession({ ...session, steps }, { observers, createId, masks, onGateway });
    recorder.flush();
    onImported?.(id);
    return id;
  }

  return {
    importSession,
    async importFile(name, bytes) {
      try {
        const { sessions, skipped } = await readSessions(name, bytes);
        return { sessions: sessions.map((session) => importSession(session)), skipped };
      } catch (error) {
        if (!(error instanceof UnreadableFileError)) throw error;
        return { sessions: [], skipped: [{ name, why: error.message }] };
      }
    },
  };
}

function joinBytes(parts: readonly { bytes: Uint8Array }[]): Uint8Array {
  return Buffer.concat(parts.map(({ bytes }) => bytes));
}

function createFlusher(flush: () => boolean): Observer {
  let bytes = 0;
  let events = 0;
  return (event: TapEvent) => {
    if ('bytes' in event) bytes += event.bytes.length;
    events += 1;
    if (bytes < FLUSH_BYTES && events < FLUSH_EVENTS && event.type !== 'step.ended') return;
    bytes = 0;
    events = 0;
    flush();
  };
}
