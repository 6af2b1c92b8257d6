/**
 * Takes files of others into the record: read, told again as tap events to recorder and linter, and listed.
 * The linter here does not ask the bridge's own store: ids of a foreign recording mean nothing to it.
 */
import { UnreadableFileError } from '../files/recorded-stream.ts';
import { createLiveLinter } from '../linter/live-linter.ts';
import { gatewayFindings } from '../linter/gateway-findings.ts';
import type { RecordedSession, RecordedStep } from '../protocol/capture/recorded-session.ts';
import type { Observer } from '../protocol/capture/tap-event.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { importRecordedSession, type ImportDeps } from '../recorder/import-sample.ts';
import type { RecordWriter } from '../recorder/recorder.ts';
import { readSessions } from './read-sessions.ts';

export interface Importer {
  /** Never throws for what is in the file: that is told in `skipped`. */
  importFile(name: string, bytes: Uint8Array): Promise<{ sessions: string[]; skipped: { name: string; why: string }[] }>;
  /** @returns the id of the new session. */
  importSession(session: RecordedSession, replayOf?: string): Promise<string>;
}

export interface ImporterDeps {
  /** `observe` without findings of its own: they are made here. */
  recorder: Pick<RecordWriter, 'observe' | 'addFindings' | 'replaceFindings' | 'linkGateway' | 'flush'>;
  createId: (prefix: string) => string;
  masks: ImportDeps['masks'] & { learn?(body: Uint8Array): void };
  /** Microseconds since the epoch: for recordings that don't say when they were made. */
  nowUs: () => number;
  onImported?: (sessionId: string) => void;
}

export function createImporter({ recorder, createId, masks, nowUs, onImported }: ImporterDeps): Importer {
  async function importSession(session: RecordedSession, replayOf?: string): Promise<string> {
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
    const now = nowUs();
    for (const { body, writes } of session.steps) for (const bytes of [body, ...writes.map((write) => write.bytes)]) masks.learn?.(bytes);
    const steps = session.steps.map((step, index) => (step.startedAtUs > 0 ? step : { ...step, startedAtUs: now + index }));
    const id = await importRecordedSession(
      { ...session, steps },
      { observers: [linter, toRecorder], flush: recorder.flush, createId, masks, onGateway },
    );
    await recorder.flush();
    onImported?.(id);
    return id;
  }

  return {
    importSession,
    async importFile(name, bytes) {
      try {
        const { sessions, skipped } = await readSessions(name, bytes);
        const ids: string[] = [];
        for (const session of sessions) ids.push(await importSession(session));
        return { sessions: ids, skipped };
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
