/**
 * Issue "nothing lost", crash: the built bridge is killed a hundred times at random moments under load,
 * always on the same data dir. Moments are those at which the test's own clients had the bytes in hand.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BridgeInfo, EventsPage, StepDetail } from '../../proxy-core/protocol/api/control-api.ts';
import { asObject, asString, parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';
import type { UpstreamConfig } from '../../proxy-core/upstreams/upstream.ts';
import { buildIfStale } from '../../scripts/lib/build-if-stale.ts';
import { spawnBridge, type SpawnedBridge } from '../helpers/spawn-bridge.ts';
import { startTalkingUpstream, type TalkingUpstream } from './talking-upstream.ts';
import { askTimed, askTimedSocket, sizeAt, type TimedAnswer } from './timed-client.ts';

const ROUNDS = 100;
const SEED = 20_261_121;
/** What reached a client longer ago than this must be on the disk. */
const KEPT_AFTER_MS = 100;
/** The bridge writes behind by half of this. Only a bridge that still ran after that time can be blamed. */
const WRITE_BEHIND_MS = 50;
const LONGEST_LOAD_MS = 450;
/** Every tenth time the bridge is also killed while it starts. */
const LONGEST_START_MS = 250;

/** A conversation over the kills: the newest answer that must have been kept is what goes on. */
interface Chain {
  model: string;
  answers: { responseId: string; sessionId: string; said: string[]; completedAtMs: number }[];
}

describe('a bridge that is killed', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'deltascope-crash-'));
  const random = createRandom(SEED);
  let upstream: TalkingUpstream;
  let upstreams: UpstreamConfig[];

  beforeAll(async () => {
    await buildIfStale(['bridge']);
    upstream = await startTalkingUpstream();
    upstreams = [
      { name: 'claude', kind: 'anthropic', baseURL: upstream.origin, apiKey: 'sk-test-0123456789' },
      { name: 'gateway', kind: 'responses', baseURL: `${upstream.origin}/v1`, apiKey: 'sk-test-0123456789' },
    ];
  }, 300_000);
  afterAll(async () => {
    await upstream.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = (killAfterMs?: number) =>
    spawnBridge(dataDir, upstreams, { isBuilt: true, ...(killAfterMs === undefined ? {} : { killAfterMs }) });

  it(`loses nothing that a client had for more than ${KEPT_AFTER_MS} ms, ${ROUNDS} times`, { timeout: 1_800_000 }, async () => {
    const chains: Chain[] = [
      { model: 'claude/c', answers: [] },
      { model: 'gateway/m', answers: [] },
    ];
    const seen = { events: 0, interrupted: 0, completed: 0, turns: 0 };
    let bridge = await start();
    for (let round = 0; round < ROUNDS; round++) {
      const loadMs = random() * LONGEST_LOAD_MS;
      const killed = await killUnderLoad(bridge, chains, { isFull: round % 2 === 1, loadMs });
      if (round % 10 === 9) await start(random() * LONGEST_START_MS).then((early) => early.kill(), String);
      bridge = await start();
      try {
        await expectSound(bridge, round % 10 === 0);
        for (const answer of killed.answers) {
          const { status, events } = await expectKept(bridge, answer, killed.dueMs);
          seen.events += events;
          if (status === 'interrupted') seen.interrupted += 1;
          if (status === 'completed') seen.completed += 1;
        }
      } catch (error) {
        throw new Error(`after kill ${round}, ${loadMs.toFixed()} ms into the load: ${String(error)}`, { cause: error });
      }
    }
    await expectSound(bridge, true);
    expect(await bridge.stop()).toBe(0);
    for (const { answers } of chains) {
      seen.turns += answers.length;
      // One conversation is one session, however often the bridge died in between.
      expect(new Set(answers.map(({ sessionId }) => sessionId)).size).toBe(1);
    }
    // Else the load was none, and nothing was shown.
    expect(seen.events).toBeGreaterThan(ROUNDS * 20);
    expect(seen.interrupted).toBeGreaterThan(ROUNDS);
    expect(seen.completed).toBeGreaterThan(ROUNDS);
    expect(seen.turns).toBeGreaterThanOrEqual(ROUNDS);
    console.log(`crash: ${ROUNDS} kills, ${JSON.stringify(seen)}`);
  });

  /** @param when counted from the first request, or from when all streams run and each chain has gone on. */
  async function killUnderLoad(
    bridge: SpawnedBridge,
    chains: Chain[],
    when: { isFull: boolean; loadMs: number },
  ): Promise<{ dueMs: number; answers: TimedAnswer[] }> {
    const { apiBase, url } = bridge.ready;
    const endless = { input: 'talk on', stream: true };
    const answers = [
      ...['claude/c', 'claude/c', 'claude/c', 'gateway/m', 'gateway/m'].map((model) => askTimed(apiBase, { ...endless, model })),
      askTimedSocket(url, { ...endless, model: 'claude/c' }),
    ];
    let isKilled = false;
    const life = watchLife(url);
    const counts = chains.map(({ answers: { length } }) => length);
    const turns = chains.map((chain) => goOn(chain, apiBase));
    const talks = chains.map(async (chain, index) => {
      for (let turn = turns[index]; turn && !isKilled; turn = goOn(chain, apiBase)) {
        const answer = await turn;
        answers.push(answer);
        if (answer.endedAtMs === undefined) return;
      }
    });
    if (when.isFull) {
      await Promise.all([...answers.map(({ begun }) => begun), ...turns]);
      await life.ranUntil(performance.now() + WRITE_BEHIND_MS);
    }
    await wait(when.isFull ? KEPT_AFTER_MS + when.loadMs / 2 : when.loadMs);
    isKilled = true;
    const killedAtMs = performance.now();
    await bridge.kill();
    await Promise.all([...talks, ...answers.map(({ over }) => over)]);
    const dueMs = Math.min(killedAtMs - KEPT_AFTER_MS, life.lastTurnMs() - WRITE_BEHIND_MS);
    for (const [index, chain] of chains.entries()) {
      const keptBefore = counts[index] ?? 0;
      chain.answers = chain.answers.filter(({ completedAtMs }, at) => at < keptBefore || completedAtMs < dueMs);
    }
    return { dueMs, answers };
  }

  /** One turn on top of the chain's newest answer; what the provider heard must be the whole conversation. */
  async function goOn(chain: Chain, apiBase: string): Promise<TimedAnswer> {
    const last = chain.answers.at(-1);
    const prompt = `turn ${chain.answers.length}`;
    const said = [...(last?.said ?? []), prompt];
    const previous = last ? { previous_response_id: last.responseId } : {};
    const answer = askTimed(apiBase, { model: chain.model, input: prompt, stream: true, ...previous });
    await answer.over;
    if (answer.headAtMs === undefined) return answer;
    if (chain.model.startsWith('claude')) expect(upstream.heard.findLast((texts) => texts.at(-1) === prompt)).toEqual(said);
    const completed = readFrames(answer.bytes).find(({ event }) => event === 'response.completed');
    if (answer.endedAtMs === undefined || !completed) return answer;
    const responseId = toResponseId(parseJsonObject(completed.data)) ?? '';
    chain.answers.push({ responseId, sessionId: answer.sessionId, said, completedAtMs: answer.endedAtMs });
    return answer;
  }

  async function expectSound(bridge: SpawnedBridge, isThorough: boolean): Promise<void> {
    const file = new Sqlite(join(dataDir, 'deltascope.db'), { readonly: true });
    try {
      expect(file.pragma(isThorough ? 'integrity_check' : 'quick_check', { simple: true })).toBe('ok');
      expect(file.prepare("SELECT count(*) FROM steps WHERE status = 'streaming'").pluck().get()).toBe(0);
    } finally {
      file.close();
    }
    expect(readdirSync(dataDir).filter((name) => name.includes('corrupt') || name.includes('damaged'))).toEqual([]);
    expect(await (await call(bridge, '/api/info')).json()).toMatchObject({ recorderTrouble: null } satisfies Partial<BridgeInfo>);
  }

  /** @param dueMs what the client had before this moment must have been kept. */
  async function expectKept(bridge: SpawnedBridge, answer: TimedAnswer, dueMs: number) {
    const isDue = answer.headAtMs !== undefined && answer.headAtMs < dueMs;
    const dueBytes = sizeAt(answer, dueMs);
    const stepId = answer.stepId || (await findStep(bridge, answer));
    const reply = stepId === '' ? undefined : await fetch(`${bridge.ready.url}/api/steps/${stepId}`, { headers: bearer(bridge) });
    if (!reply?.ok) {
      expect(isDue, 'a step is missing whose head the client had in time').toBe(false);
      return { status: undefined, events: 0 };
    }
    const { status } = (await reply.json()) as StepDetail;
    if (answer.endedAtMs === undefined) expect(status).toBe('interrupted');
    else expect(answer.endedAtMs < dueMs ? ['completed'] : ['completed', 'interrupted']).toContain(status);

    // Whoever asks for a response that was cut must not wait for it for ever.
    if (isDue && answer.stepId === '') expect(await (await fetchResponse(bridge, answer))?.json()).toMatchObject({ status: 'failed' });

    const kept = Buffer.from(await (await call(bridge, `/api/steps/${stepId}/emitted`)).arrayBuffer());
    const common = Math.min(kept.length, answer.bytes.length);
    expect(kept.subarray(0, common).equals(answer.bytes.subarray(0, common)), 'the record differs from what the client got').toBe(true);
    const missing = Math.max(0, dueBytes - kept.length);
    expect(missing, `bytes that are missing of ${dueBytes}`).toBe(0);

    const { events } = (await (await call(bridge, `/api/steps/${stepId}/events?limit=10000`)).json()) as EventsPage;
    const due = readEvents(answer.bytes.subarray(0, dueBytes), answer.stepId === '');
    expect(events.slice(0, due.length).map(({ data }) => data)).toEqual(due);
    return { status, events: due.length };
  }

  /** A WebSocket has no headers; its step is where its response is. */
  async function findStep(bridge: SpawnedBridge, answer: TimedAnswer): Promise<string> {
    return (await fetchResponse(bridge, answer))?.headers.get('x-deltascope-step') ?? '';
  }

  async function fetchResponse({ ready }: SpawnedBridge, answer: TimedAnswer): Promise<Response | undefined> {
    const responseId = toResponseId(readEvents(answer.bytes, true)[0]);
    return responseId === undefined ? undefined : fetch(`${ready.apiBase}/responses/${responseId}`);
  }
});

interface Life {
  /** All that was due by this moment had been done while the bridge lived. */
  lastTurnMs(): number;
  /** Settles when that moment is later than this one. */
  ranUntil(ms: number): Promise<void>;
}

/**
 * Asks the bridge for its health, again and again until it dies. On a machine with too much to do a process
 * may not run for a while, and clocks can't tell: but before a second question was answered, the bridge had
 * finished all that was due when the first one was asked.
 */
function watchLife(url: string): Life {
  const askedMs: number[] = [];
  let waiting: { untilMs: number; resolve: () => void } | undefined;
  const lastTurnMs = () => askedMs.at(-2) ?? -Infinity;
  async function ask(): Promise<void> {
    for (;;) {
      const nowMs = performance.now();
      await (await fetch(`${url}/api/health`)).arrayBuffer();
      askedMs.push(nowMs);
      if (waiting && lastTurnMs() > waiting.untilMs) waiting.resolve();
      await wait(5);
    }
  }
  // Ends with the bridge, as the test wants it.
  ask().catch(() => waiting?.resolve());
  return { lastTurnMs, ranUntil: (untilMs) => new Promise((resolve) => (waiting = { untilMs, resolve })) };
}

/** Whole events in these bytes: SSE frames, or one message a line. */
function readEvents(bytes: Buffer, isSocket: boolean) {
  const texts = isSocket
    ? bytes.toString('utf8').split('\n').slice(0, -1)
    : readFrames(bytes).flatMap(({ data, terminated }) => (terminated && data !== '[DONE]' ? [data] : []));
  return texts.map((text) => parseJsonObject(text));
}

function toResponseId(event: JsonObject | undefined): string | undefined {
  return asString(asObject(event?.['response'])['id']);
}

const bearer = (bridge: SpawnedBridge) => ({ authorization: `Bearer ${bridge.ready.token}` });

async function call(bridge: SpawnedBridge, path: string): Promise<Response> {
  const reply = await fetch(`${bridge.ready.url}${path}`, { headers: bearer(bridge) });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply;
}

/** The same moments at every run (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
