import { describe, expect, it } from 'vitest';
import type { ReadyObject } from '../proxy-core/protocol/api/control-api.ts';
import type { BridgeChild } from './bridge-child.ts';
import { createProxyProcess, type BridgeState } from './proxy-process.ts';

const READY: ReadyObject = {
  type: 'ready',
  url: 'http://127.0.0.1:1',
  apiBase: 'http://127.0.0.1:1/v1',
  uiUrl: 'http://127.0.0.1:1/?token=t',
  token: 't',
  pid: 7,
  dataDir: '/data',
  version: '0.1.0',
};

interface FakeChild extends BridgeChild {
  say(message: unknown): void;
  exit(code: number | null): void;
  posted: object[];
  isKilled: boolean;
}

function createFakeChild(): FakeChild {
  const messages: ((message: unknown) => void)[] = [];
  const exits: ((code: number | null) => void)[] = [];
  const child: FakeChild = {
    kind: 'node',
    posted: [],
    isKilled: false,
    post: (message) => void child.posted.push(message),
    kill() {
      child.isKilled = true;
      child.exit(null);
    },
    onMessage: (listener) => void messages.push(listener),
    onOutput: () => undefined,
    onExit: (listener) => void exits.push(listener),
    say: (message) => messages.forEach((listener) => listener(message)),
    exit: (code) => exits.forEach((listener) => listener(code)),
  };
  return child;
}

/** The process under a clock that only moves when told. */
function play() {
  const children: FakeChild[] = [];
  const states: BridgeState[] = [];
  const notices: string[] = [];
  const timers: { at: number; run: () => void }[] = [];
  let nowMs = 0;
  const process = createProxyProcess({
    launch: () => {
      const child = createFakeChild();
      children.push(child);
      return child;
    },
    onState: (state) => states.push(state),
    onNotice: (line) => notices.push(line),
    log: () => undefined,
    clock: {
      now: () => nowMs,
      wait: (ms, run) => {
        const timer = { at: nowMs + ms, run };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
      },
    },
  });
  return {
    process,
    states,
    notices,
    children,
    last: () => children.at(-1)!,
    pass(ms: number) {
      nowMs += ms;
      for (const timer of timers.filter(({ at }) => at <= nowMs)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.run();
      }
    },
  };
}

describe('the bridge beside the window', () => {
  it('is ready when it says so, with its address', () => {
    const game = play();
    game.process.start();
    game.last().say(READY);
    expect(game.states).toEqual([{ state: 'starting' }, { state: 'ready', ready: READY }]);
  });

  it('is started again when it dies, each time after a longer wait', () => {
    const game = play();
    game.process.start();
    for (const waitMs of [250, 500, 1000]) {
      game.last().say(READY);
      game.last().exit(1);
      expect(game.states.at(-1)).toEqual({ state: 'down', why: 'it ended with exit code 1', restartInMs: waitMs });
      const before = game.children.length;
      game.pass(waitMs - 1);
      expect(game.children.length).toBe(before);
      game.pass(1);
      expect(game.children.length).toBe(before + 1);
    }
  });

  it('stays down after the sixth death in a minute', () => {
    const game = play();
    game.process.start();
    for (let death = 0; death < 6; death++) {
      game.last().exit(null);
      game.pass(10_000);
    }
    expect(game.states.at(-1)).toEqual({ state: 'down', why: 'it was killed', restartInMs: null });
    expect(game.children.length).toBe(6);
  });

  it('says the reason that the bridge gave itself', () => {
    const game = play();
    game.process.start();
    game.last().say({ type: 'failed', message: 'Port 4141 is taken.' });
    game.last().exit(1);
    expect(game.states.at(-1)).toMatchObject({ state: 'down', why: 'Port 4141 is taken.' });
  });

  it('kills a bridge that does not get ready', () => {
    const game = play();
    game.process.start();
    game.pass(30_000);
    expect(game.children[0]?.isKilled).toBe(true);
    expect(game.states.at(-1)).toMatchObject({ state: 'down', why: 'it was not ready after 30 s' });
  });

  it('passes notices on', () => {
    const game = play();
    game.process.start();
    game.last().say({ type: 'notice', message: 'port 4141 is taken; using 4142.' });
    expect(game.notices).toEqual(['port 4141 is taken; using 4142.']);
  });

  it('asks it to end, and does not start it again', async () => {
    const game = play();
    game.process.start();
    game.last().say(READY);
    const stopped = game.process.stop();
    expect(game.last().posted).toEqual([{ type: 'shutdown' }]);
    game.last().exit(0);
    await stopped;
    game.pass(60_000);
    expect(game.children.length).toBe(1);
  });

  it('kills a bridge that does not end when asked', async () => {
    const game = play();
    game.process.start();
    game.last().say(READY);
    const stopped = game.process.stop();
    game.pass(5_000);
    await stopped;
    expect(game.last().isKilled).toBe(true);
  });

  it('uses a bridge that runs already, and leaves it alone at the end', async () => {
    const game = play();
    game.process.start();
    game.last().say({ ...READY, type: 'running' });
    game.last().exit(0);
    expect(game.states.at(-1)).toEqual({ state: 'ready', ready: READY });
    await game.process.stop();
    expect(game.last().posted).toEqual([]);
  });
});
