/**
 * The replays of a running bridge: sessions that are served again, retranslated or sent again, each with its
 * progress, and a way to stop it. Kept until the bridge ends or somebody removes them.
 */
import type { Router } from 'express';
import { invalidRequest, notFound } from '../errors.ts';
import type { LinkedStep, LinkRequest } from '../exchange/exchange-request.ts';
import type { Masks } from '../exchange/step.ts';
import { createLiveLinter } from '../linter/live-linter.ts';
import type { RecordWriter } from '../recorder/recorder.ts';
import type { Replay, ReplayMode } from '../protocol/api/handover-api.ts';
import type { TranslatingUpstream, UpstreamKind } from '../upstreams/upstream.ts';
import type { SessionRecord } from '../bundle/session-record.ts';
import type { ReplaySpeed } from './play-step.ts';
import { createRecordedServer, type RecordedServer } from './recorded-server.ts';
import { resend, REPLAY_HEADER } from './resend.ts';
import { retranslate } from './retranslate.ts';

export interface ReplayRequest {
  record: SessionRecord;
  mode: ReplayMode;
  speed: ReplaySpeed;
  upstream: string | undefined;
  /** How long `start` waits for the end; the usual patience when it is not said. */
  waitMs?: number | undefined;
}

export interface Replays {
  /** Waits for short ones: a long one goes on in the background. */
  start(request: ReplayRequest): Promise<Replay>;
  list(): Replay[];
  /** @throws ProxyError 404 */
  get(id: string): Replay;
  /** Stops it and forgets it. @throws ProxyError 404 */
  remove(id: string): void;
  /** The server of a `serve` replay. @throws ProxyError 404 */
  router(id: string): Router;
  /** The session of a request that a replay sends; undefined for everybody else's. */
  link(request: LinkRequest): (LinkedStep & { replayOf: string }) | undefined;
  close(): void;
}

export interface ReplaysDeps {
  /** `observe` without findings of its own: they are made here. */
  recorder: Pick<RecordWriter, 'observe' | 'addFindings' | 'flush'>;
  translators: Readonly<Partial<Record<UpstreamKind, TranslatingUpstream>>>;
  upstreams: readonly { name: string }[];
  masks: Masks;
  createId: (prefix: string) => string;
  /** The bridge's own address, known when it listens. */
  bridgeUrl: () => string;
  token: string;
  onSessionChanged: (sessionId: string) => void;
}

interface Running {
  replay: Replay;
  abort: AbortController;
  server?: RecordedServer;
  record: SessionRecord;
  nextIndex: number;
}

/** A replay that takes longer than this is answered while it runs. */
const PATIENCE_MS = 3_000;
const MAX_REPLAYS = 100;

export function createReplays(deps: ReplaysDeps): Replays {
  const running = new Map<string, Running>();

  function find(id: string): Running {
    const found = running.get(id);
    if (!found) throw notFound(`There is no replay ${id}; it may have been removed, or the bridge was started anew.`);
    return found;
  }

  function show({ replay, server }: Running): Replay {
    return server ? { ...replay, done: server.answered, asked: [...server.asked] } : { ...replay };
  }

  /** Sessions are held in memory while they are served: the oldest finished one makes room. */
  function makeRoom(): void {
    if (running.size < MAX_REPLAYS) return;
    const [oldest] = [...running].find(([, { replay }]) => replay.status !== 'serving' && replay.status !== 'running') ?? [];
    if (oldest === undefined) throw invalidRequest(`${MAX_REPLAYS} replays are open. Remove one (DELETE /api/replays/:id) first.`);
    running.delete(oldest);
  }

  async function start({ record, mode, speed, upstream, waitMs = PATIENCE_MS }: ReplayRequest): Promise<Replay> {
    makeRoom();
    if (record.steps.length === 0) throw invalidRequest(`Session ${record.session.id} has no steps to replay.`);
    if (upstream !== undefined && !deps.upstreams.some(({ name }) => name === upstream)) {
      throw invalidRequest(
        `No upstream is called '${upstream}'. Configured: ${deps.upstreams.map(({ name }) => name).join(', ')}.`,
        'upstream',
      );
    }
    const id = deps.createId('replay');
    const base = { id, mode, replayOf: record.session.id, done: 0, total: record.steps.length, notes: [] };
    const abort = new AbortController();
    if (mode === 'serve') {
      const one: Running = {
        ...{ abort, record, nextIndex: 0, server: createRecordedServer(record, speed) },
        replay: { ...base, status: 'serving', baseURL: `${deps.bridgeUrl()}/replay/${id}/v1` },
      };
      running.set(id, one);
      return show(one);
    }
    const sessionId = deps.createId('sess');
    const one: Running = { abort, record, nextIndex: 0, replay: { ...base, status: 'running', sessionId } };
    running.set(id, one);
    const work = run(one, mode, sessionId, upstream);
    const patience = new Promise<void>((resolve) => setTimeout(resolve, Math.min(waitMs, PATIENCE_MS)).unref());
    await Promise.race([work, patience]);
    return show(one);
  }

  async function run(one: Running, mode: 'retranslate' | 'resend', sessionId: string, upstream: string | undefined): Promise<void> {
    const { replay, abort, record } = one;
    const onStep = (done: number): void => {
      replay.done = done;
    };
    try {
      if (mode === 'retranslate') {
        const linter = createLiveLinter({ onFindings: () => undefined, onStepFindings: deps.recorder.addFindings });
        const observers = [linter, deps.recorder.observe];
        await retranslate({ ...deps, flush: deps.recorder.flush, record, sessionId, observers, signal: abort.signal, onStep });
      } else {
        const names = deps.upstreams.map(({ name }) => name);
        const bridgeUrl = deps.bridgeUrl();
        replay.notes = await resend({
          record,
          replayId: replay.id,
          bridgeUrl,
          token: deps.token,
          upstream,
          upstreams: names,
          signal: abort.signal,
          onStep,
        });
      }
      replay.status = abort.signal.aborted ? 'cancelled' : 'done';
    } catch (error) {
      replay.status = abort.signal.aborted ? 'cancelled' : 'failed';
      if (!abort.signal.aborted) replay.notes.push(error instanceof Error ? error.message : String(error));
    }
    await deps.recorder.flush();
    deps.onSessionChanged(sessionId);
  }

  return {
    start,
    list: () => [...running.values()].map(show),
    get: (id) => show(find(id)),
    remove(id) {
      find(id).abort.abort();
      running.delete(id);
    },
    router(id) {
      const { server } = find(id);
      if (!server) throw notFound(`The replay ${id} serves nothing: it was started in another mode.`);
      return server.router;
    },
    link({ headers }) {
      const id = headers.find(([name]) => name.toLowerCase() === REPLAY_HEADER)?.[1];
      const one = id === undefined ? undefined : running.get(id);
      if (!one?.replay.sessionId) return undefined;
      const { title, client } = one.record.session;
      return { sessionId: one.replay.sessionId, index: one.nextIndex++, linkedBy: 'replay', title, client, replayOf: one.replay.replayOf };
    },
    close() {
      for (const { abort } of running.values()) abort.abort();
      running.clear();
    },
  };
}
