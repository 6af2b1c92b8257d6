/**
 * Tells open pages what changes: `session` and `step` with the changed object, `events` with the new
 * total. An observer of taps that only remembers names; every 100 ms the changed rows are read from the
 * record and sent once, however much happened. A reader that does not keep up is dropped (its browser
 * comes back by itself) rather than buffered.
 */
import type { Observer } from '../../protocol/capture/tap-event.ts';
import type { LiveMessage } from '../../protocol/api/control-api.ts';
import type { RecordQueries } from '../../recorder/queries/create-queries.ts';

export interface LiveFeed {
  observe: Observer;
  /** Something about this step changed that no tap tells (findings, verdicts). */
  stepChanged(stepId: string): void;
  sessionChanged(sessionId: string): void;
  /** Sent at once, and to every page that opens later as long as it is not null. */
  troubleChanged(trouble: string | null): void;
  /** @param reason one sentence when nobody asked for it by hand. */
  sessionsDeleted(sessionIds: string[], reason: string | null): void;
  subscribe(reader: LiveReader): () => void;
  /** Sends what is due, now. */
  tick(): void;
  close(): void;
}

/** One open page. */
export interface LiveReader {
  /** Bytes that wait because the reader is slow. */
  pendingBytes(): number;
  write(text: string): void;
  /** Ends the connection. */
  drop(): void;
}

export interface LiveFeedOptions {
  queries: Pick<RecordQueries, 'sessions' | 'steps' | 'inOneRead'>;
  /** Writes what the recorder still holds, so that rows are as new as the news. */
  flush: () => unknown;
  tickMs?: number;
  heartbeatMs?: number;
}

const TICK_MS = 100;
const HEARTBEAT_MS = 15_000;
const MAX_PENDING_BYTES = 1_048_576;
/** The news of one tick may be spread over the next ones: the streams come first. */
const TICK_BUDGET_MS = 10;
/** The same while this thread hardly rests: then a page may lag behind, and catches up afterwards. */
const BUSY_BUDGET_MS = 1;
const BUSY_SHARE = 0.8;

interface News {
  /** True when more than the number of events changed. */
  steps: Map<string, boolean>;
  sessions: Set<string>;
}

export function createLiveFeed({ queries, flush, tickMs = TICK_MS, heartbeatMs = HEARTBEAT_MS }: LiveFeedOptions): LiveFeed {
  const readers = new Set<LiveReader>();
  let changedSteps = new Map<string, boolean>();
  let changedSessions = new Set<string>();
  let trouble: string | null = null;
  let isReading = false;
  let timer: NodeJS.Timeout | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  let usedBefore = performance.eventLoopUtilization();

  const observe: Observer = (event) => {
    if (readers.size === 0) return;
    const isWholeStep = event.type !== 'upstream.chunk' && event.type !== 'client.write';
    note(event.stepId, isWholeStep);
  };

  function note(stepId: string, isWholeStep: boolean): void {
    if (readers.size === 0) return;
    if (isWholeStep || !changedSteps.has(stepId)) changedSteps.set(stepId, isWholeStep || (changedSteps.get(stepId) ?? false));
    schedule();
  }

  function schedule(): void {
    timer ??= setTimeout(tick, tickMs).unref();
  }

  function tick(): void {
    clearTimeout(timer);
    timer = undefined;
    if (isReading || (changedSteps.size === 0 && changedSessions.size === 0)) return;
    const news = takeNews();
    const written = flush();
    if (!(written instanceof Promise)) return read(news);
    isReading = true;
    void written
      .catch(() => undefined)
      .then(() => {
        isReading = false;
        read(news);
      });
  }

  /** What changes from now on may be newer than the rows that are read next. */
  function takeNews(): News {
    const news = { steps: changedSteps, sessions: changedSessions };
    changedSteps = new Map();
    changedSessions = new Set();
    return news;
  }

  function read(news: News): void {
    try {
      queries.inOneRead(() => sendNews(news));
    } catch {
      // The store can't be read just now: what is left is tried again. The bridge and its streams go on.
    }
    putBack(news);
    if (changedSteps.size > 0 || changedSessions.size > 0) schedule();
  }

  /** What there was no time for comes first next time. Little is new since, and much may be left. */
  function putBack({ steps, sessions }: News): void {
    const newer = takeNews();
    if (readers.size === 0) return;
    changedSteps = steps;
    changedSessions = sessions;
    for (const [stepId, isWholeStep] of newer.steps) note(stepId, isWholeStep);
    for (const sessionId of newer.sessions) changedSessions.add(sessionId);
  }

  /** Takes out of the news what it has sent. */
  function sendNews({ steps, sessions }: News): void {
    const used = performance.eventLoopUtilization();
    const isBusy = performance.eventLoopUtilization(used, usedBefore).utilization > BUSY_SHARE;
    usedBefore = used;
    const budgetMs = isBusy ? BUSY_BUDGET_MS : TICK_BUDGET_MS;
    let endMs = performance.now() + budgetMs;
    for (const [stepId, isWholeStep] of steps) {
      if (performance.now() > endMs) break;
      steps.delete(stepId);
      const step = queries.steps.get(stepId);
      if (!step) continue;
      if (isWholeStep) {
        // The list leaves a gateway's inner calls out.
        if (!step.innerOf) sessions.add(step.sessionId);
        send({ event: 'step', data: step });
      }
      send({ event: 'events', data: { stepId, total: step.eventCount } });
    }
    endMs = performance.now() + budgetMs;
    for (const sessionId of sessions) {
      if (performance.now() > endMs) break;
      sessions.delete(sessionId);
      const session = queries.sessions.get(sessionId);
      if (session) send({ event: 'session', data: session });
    }
  }

  function send(message: LiveMessage): void {
    sendText(toText(message));
  }

  function sendText(text: string): void {
    for (const reader of readers) {
      if (reader.pendingBytes() > MAX_PENDING_BYTES) {
        readers.delete(reader);
        reader.drop();
      } else {
        reader.write(text);
      }
    }
  }

  function subscribe(reader: LiveReader): () => void {
    readers.add(reader);
    if (trouble !== null) reader.write(toText({ event: 'recorder', data: { trouble } }));
    heartbeat ??= setInterval(() => sendText(': ping\n\n'), heartbeatMs).unref();
    return () => {
      readers.delete(reader);
      if (readers.size > 0) return;
      clearInterval(heartbeat);
      heartbeat = undefined;
      changedSteps.clear();
      changedSessions.clear();
    };
  }

  return {
    observe,
    subscribe,
    tick,
    stepChanged: (stepId) => note(stepId, true),
    sessionChanged(sessionId) {
      if (readers.size === 0) return;
      changedSessions.add(sessionId);
      schedule();
    },
    troubleChanged(next) {
      trouble = next;
      send({ event: 'recorder', data: { trouble } });
    },
    sessionsDeleted(sessionIds, reason) {
      for (const id of sessionIds) changedSessions.delete(id);
      send({ event: 'deleted', data: { sessionIds, reason } });
    },
    close() {
      read(takeNews());
      clearTimeout(timer);
      clearInterval(heartbeat);
      for (const reader of readers) reader.drop();
      readers.clear();
    },
  };
}

function toText(message: LiveMessage): string {
  return `event: ${message.event}\ndata: ${JSON.stringify(message.data)}\n\n`;
}
