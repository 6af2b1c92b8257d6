/**
 * The life of the bridge beside the window: start, handshake, restart with back-off when it dies, clean
 * stop. A bridge that already runs on the same data dir is used as it is, and not stopped at the end.
 *
 *   starting ──ready──▶ ready ──exit──▶ down ──wait──▶ starting …    (five deaths in a minute: down for good)
 */
import { asString, isObject } from '../proxy-core/protocol/json.ts';
import type { ReadyObject } from '../proxy-core/protocol/api/control-api.ts';
import type { BridgeChild } from './bridge-child.ts';

export type BridgeState =
  | { state: 'starting' }
  | { state: 'ready'; ready: ReadyObject }
  /** `restartInMs` is null when it is not tried again. */
  | { state: 'down'; why: string; restartInMs: number | null };

export interface ProxyProcessOptions {
  launch: () => BridgeChild;
  onState: (state: BridgeState) => void;
  /** One line from the bridge for people: a port that was taken. */
  onNotice: (line: string) => void;
  log: (line: string) => void;
  /** Injected for tests. */
  clock?: { now: () => number; wait: (ms: number, then: () => void) => () => void };
}

export interface ProxyProcess {
  readonly state: BridgeState;
  start(): void;
  /** Ends the bridge in order and starts it again, with the keys it has to have now. */
  restart(): Promise<void>;
  /** Asks, waits, then kills. Resolves once the process is gone. */
  stop(): Promise<void>;
}

const READY_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 5_000;
const FIRST_WAIT_MS = 250;
const MAX_DEATHS = 5;
const DEATHS_WITHIN_MS = 60_000;
const ATTACHED_CHECK_MS = 2_000;

const systemClock = {
  now: () => Date.now(),
  wait: (ms: number, then: () => void) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

export function createProxyProcess({ launch, onState, onNotice, log, clock = systemClock }: ProxyProcessOptions): ProxyProcess {
  let state: BridgeState = { state: 'starting' };
  let child: BridgeChild | undefined;
  let isStopping = false;
  let deaths: number[] = [];
  let cancelWait = (): void => undefined;

  function set(next: BridgeState): void {
    state = next;
    onState(next);
  }

  function start(): void {
    set({ state: 'starting' });
    const mine = launch();
    child = mine;
    let why: string | undefined;
    let attached: ReadyObject | undefined;
    log(`bridge: starting as ${mine.kind}`);
    const cancelLimit = clock.wait(READY_LIMIT_MS, () => {
      why = `it was not ready after ${READY_LIMIT_MS / 1000} s`;
      mine.kill();
    });
    mine.onOutput((text) => {
      for (const line of text.split('\n')) if (line.trim() !== '') log(`bridge: ${line}`);
    });
    mine.onMessage((message) => {
      if (!isObject(message)) return;
      if (message['type'] === 'ready') {
        cancelLimit();
        const ready = message as unknown as ReadyObject; // our own program's, by its contract
        log(`bridge: ready at ${ready.url}, pid ${ready.pid}`);
        set({ state: 'ready', ready });
      } else if (message['type'] === 'running') {
        attached = { ...(message as unknown as ReadyObject), type: 'ready' };
      } else if (message['type'] === 'notice') {
        const line = asString(message['message']) ?? '';
        log(`bridge: ${line}`);
        onNotice(line);
      } else if (message['type'] === 'failed') {
        why = asString(message['message']);
      }
    });
    mine.onExit((code) => {
      cancelLimit();
      if (child === mine) child = undefined;
      log(`bridge: ended with ${code ?? 'a signal'}`);
      if (isStopping) return;
      if (attached) watchAttached(attached);
      else noteDeath(why ?? (code === null ? 'it was killed' : `it ended with exit code ${code}`));
    });
  }

  function noteDeath(why: string): void {
    const now = clock.now();
    deaths = [...deaths.filter((at) => now - at < DEATHS_WITHIN_MS), now];
    const restartInMs = deaths.length > MAX_DEATHS ? null : FIRST_WAIT_MS * 2 ** (deaths.length - 1);
    log(`bridge: down, ${why}; ${restartInMs === null ? 'not started again' : `again in ${restartInMs} ms`}`);
    set({ state: 'down', why, restartInMs });
    if (restartInMs !== null) cancelWait = clock.wait(restartInMs, start);
  }

  /** Somebody else's bridge says nothing when it ends: it is asked. */
  function watchAttached(ready: ReadyObject): void {
    log(`bridge: one is running already at ${ready.url}, pid ${ready.pid}`);
    set({ state: 'ready', ready });
    const check = (): void => {
      fetch(`${ready.url}/api/health`, { signal: AbortSignal.timeout(ATTACHED_CHECK_MS) }).then(
        () => void (cancelWait = clock.wait(ATTACHED_CHECK_MS, check)),
        () => {
          if (!isStopping) start();
        },
      );
    };
    cancelWait = clock.wait(ATTACHED_CHECK_MS, check);
  }

  async function stop(): Promise<void> {
    isStopping = true;
    cancelWait();
    const mine = child;
    if (!mine) return;
    const gone = new Promise<void>((resolve) => mine.onExit(() => resolve()));
    mine.post({ type: 'shutdown' });
    const cancelLimit = clock.wait(STOP_LIMIT_MS, () => mine.kill());
    await gone;
    cancelLimit();
  }

  return {
    get state() {
      return state;
    },
    start,
    stop,
    async restart() {
      await stop();
      isStopping = false;
      deaths = [];
      start();
    },
  };
}
