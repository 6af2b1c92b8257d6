/**
 * Everything that watches and remembers, wired: the store, the recorder, the live linter, the session
 * linker, the watch for gateways and the live feed, all behind one tap. What answers clients is wired in ./create-proxy.ts.
 */
import type { ProxyConfig } from './config.ts';
import { createId } from './exchange/create-id.ts';
import { createStepWatch, type StepWatch } from './exchange/step-watch.ts';
import type { LinkedStep, LinkRequest } from './exchange/exchange-request.ts';
import { createTap, type Tap } from './exchange/tap.ts';
import { createGatewayWatch } from './linter/gateway-watch.ts';
import type { Observer } from './protocol/capture/tap-event.ts';
import type { RecordedSession } from './protocol/capture/recorded-session.ts';
import { clearUpAfterCrash } from './recorder/after-crash.ts';
import { explainSqliteError, isNewStore, openDatabaseOrMemory, type WritableDatabase } from './recorder/database.ts';
import { importRecordedSession } from './recorder/import-sample.ts';
import { createPricer, type Pricer } from './recorder/prices.ts';
import { createQueries, type RecordQueries } from './recorder/queries/create-queries.ts';
import { createRedactor, type Redactor } from './recorder/redact.ts';
import { createRetention, type Retention } from './recorder/retention.ts';
import { acquireRunLock } from './recorder/run-lock.ts';
import { createRecordingThread } from './recording/recording-thread.ts';
import type { RecordingThread } from './recording/recording-types.ts';
import { cleanSpans } from './otel/clean-spans.ts';
import { createOtelExporter, type OtelExporter } from './otel/otel-exporter.ts';
import { postSpans } from './otel/post-spans.ts';
import { readStepSpan } from './otel/read-step-span.ts';
import { createLiveFeed, type LiveFeed } from './server/api/live-feed.ts';
import { toClientInfo } from './sessions/client-info.ts';
import { createSessionLinker, type SessionLinker } from './sessions/link-session.ts';
import { titleOf } from './sessions/request-evidence.ts';
import { createResilientResponseStore, type ResilientResponseStore } from './sessions/resilient-response-store.ts';
import { createSqliteResponseStore } from './sessions/sqlite-response-store.ts';

export interface Recording {
  db: WritableDatabase;
  tap: Tap;
  redactor: Redactor;
  recorder: RecordingThread;
  queries: RecordQueries;
  pricer: Pricer;
  live: LiveFeed;
  linker: SessionLinker;
  /** Puts a request into its session: the outer step's shadow for a gateway's inner call, else what the linker finds. */
  link(request: LinkRequest): LinkedStep;
  watch: StepWatch;
  /** The live export of spans; null when it is off. Closed before the rest, because it reads the record. */
  otel: OtelExporter | null;
  store: ResilientResponseStore;
  retention: Retention;
  /** True until the first session was recorded in this data dir. */
  isNew: boolean;
  /** Why something is not written down just now, in one sentence; null when all is well. */
  trouble(): string | null;
  /** Records a session that comes from elsewhere. @returns its new id. */
  importSession(session: RecordedSession): Promise<string>;
  /** For a session that is deleted: resolves when nothing more is written of it. */
  forgetSession(sessionId: string): Promise<void>;
  /** Writes what waits, and closes the store. */
  close(): Promise<void>;
}

/** @param onNotice one line for people. */
export function createRecording(
  dataDir: string,
  onNotice: (line: string) => void,
  { otel: otelTarget, keep }: Pick<ProxyConfig, 'otel' | 'keep'>,
): Recording {
  const { db, trouble: openTrouble, setAside } = openDatabaseOrMemory(dataDir);
  if (openTrouble !== null) onNotice(`deltascope: ${openTrouble}`);
  if (setAside !== null) onNotice(`deltascope: the store was damaged; it is kept as ${setAside}, and a new one was begun.`);
  const releaseLock = openTrouble === null ? recover(dataDir, db) : () => undefined;

  let storeTrouble: string | null = null;
  let lostSteps = 0;
  let told = openTrouble;
  const trouble = () => openTrouble ?? recorder.trouble() ?? storeTrouble;
  /** Pages hear it at once; people at the terminal and in the log get a line. */
  function tellTrouble(): void {
    const now = trouble();
    if (now === told) return;
    told = now;
    live.troubleChanged(now);
    const missing = lostSteps === 0 ? '' : `; ${lostSteps} step${lostSteps === 1 ? ' is' : 's are'} missing from the record`;
    onNotice(now === null ? `deltascope: recording goes on${missing}.` : `deltascope: ${now}`);
  }
  const recorder = createRecordingThread({
    db,
    onTrouble(_trouble, lost) {
      lostSteps = lost;
      tellTrouble();
    },
    onChanged: (stepIds) => stepIds.forEach(live.stepChanged),
    onNotice: (text) => onNotice(`deltascope: ${text}`),
  });
  const redactor = createRedactor(recorder.addSecret);
  const pricer = createPricer();
  const queries = createQueries(db, pricer);
  const live = createLiveFeed({ queries, flush: recorder.flush });
  if (openTrouble !== null) live.troubleChanged(openTrouble);
  const store = createResilientResponseStore(createSqliteResponseStore(db), {
    onTrouble(error) {
      storeTrouble = error === null ? null : `Responses are kept in memory only: ${explainSqliteError(error)}`;
      tellTrouble();
    },
    onWaiting: recorder.wake,
  });
  const linker = createSessionLinker({ db, createId, onWaiting: recorder.wake });
  recorder.join({ responses: store, evidence: linker.evidence });
  const watch = createStepWatch();
  const gateways = createGatewayWatch({
    createSessionId: () => createId('sess'),
    flush: recorder.flush,
    emitted: queries.streams.emitted,
    upstream: queries.streams.upstream,
    findings: queries.steps.findings,
    onInner(stepId, innerOf, linkedBy) {
      recorder.linkGateway({ stepId, innerOf, linkedBy });
      live.stepChanged(stepId);
    },
    onGateway(stepId, gatewayStep) {
      recorder.linkGateway({ stepId, gatewayStep });
      live.stepChanged(stepId);
    },
    onFindings(stepId, findings) {
      recorder.replaceFindings(stepId, findings);
      live.stepChanged(stepId);
    },
    onTrouble: (error) => onNotice(`deltascope: a gateway's step could not be judged: ${toMessage(error)}`),
  });
  async function forgetSession(sessionId: string): Promise<void> {
    linker.forgetSession(sessionId);
    store.forgetSession(sessionId);
    recorder.forgetSession(sessionId);
    // What is on its way of it is written first, or it would be written after all has been deleted.
    await recorder.flush();
  }
  const retention = createRetention({
    db,
    configured: keep,
    forgetSession,
    onDeleted(sessionIds, reason) {
      live.sessionsDeleted(sessionIds, reason);
      if (reason !== null) onNotice(`deltascope: ${reason}`);
    },
  });
  async function flush(): Promise<boolean> {
    await gateways.settle();
    return recorder.flush();
  }
  const otel =
    otelTarget &&
    createOtelExporter({
      target: otelTarget,
      flush,
      readSpan: (stepId) => readStepSpan(queries, stepId),
      clean: cleanSpans,
      post: (spans, signal) => postSpans(otelTarget, spans, { signal }),
      onNotice,
    });
  const observers: Observer[] = [recorder.observe, linker.observe, live.observe, watch.observe, gateways.observe];
  if (otel) observers.push(otel.observe);
  const tap = createTap(observers, (error) => onNotice(`deltascope: an observer failed: ${toMessage(error)}`), recorder.pace);

  return {
    db,
    tap,
    redactor,
    // What is asked for is as new as the answer: that goes for the second look at a gateway's step, too.
    recorder: { ...recorder, flush },
    queries,
    pricer,
    live,
    linker,
    link(request) {
      const inner = gateways.link(request);
      return inner ? { ...inner, title: titleOf(request.body), client: toClientInfo(request.headers) } : linker.link(request);
    },
    watch,
    otel,
    store,
    retention,
    isNew: isNewStore(db),
    trouble,
    importSession: (session) =>
      importRecordedSession(session, { observers: [recorder.observe, live.observe], flush: recorder.flush, createId, masks: redactor }),
    forgetSession,
    async close() {
      retention.close();
      await gateways.close();
      await recorder.close();
      live.close();
      store.close();
      db.close();
      releaseLock();
    },
  };
}

function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function recover(dataDir: string, db: WritableDatabase): () => void {
  const lock = acquireRunLock(dataDir);
  const giveUp = lock.isAlone ? clearUpAfterCrash(db) : () => undefined;
  return () => {
    giveUp();
    lock.release();
  };
}
