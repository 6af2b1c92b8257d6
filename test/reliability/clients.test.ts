/** Issue "nothing lost", clients that leave, read slowly or never, and many at once. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { SessionsPage, SessionWithSteps, StepDetail } from '../../proxy-core/protocol/api/control-api.ts';
import { buildIfStale } from '../../scripts/lib/build-if-stale.ts';
import { spawnBridge, type SpawnedBridge } from '../helpers/spawn-bridge.ts';
import { startLedUpstream, type LedCall, type LedUpstream } from './led-upstream.ts';
import { askTimed, askTimedSocket, type TimedAnswer } from './timed-client.ts';

// Many processes and streams: a busy machine may take its time, nothing here is about speed.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const KEY = 'sk-test-0123456789';

let upstream: LedUpstream;
let bridge: SpawnedBridge;
let dataDir: string;

beforeAll(() => buildIfStale(['bridge']), 300_000);
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'deltascope-clients-'));
  upstream = await startLedUpstream();
  bridge = await spawnBridge(
    dataDir,
    [
      { name: 'claude', kind: 'anthropic', baseURL: upstream.origin, apiKey: KEY },
      { name: 'gateway', kind: 'responses', baseURL: `${upstream.origin}/v1`, apiKey: KEY },
    ],
    { isBuilt: true },
  );
});
afterEach(async () => {
  const code = await bridge.stop();
  if (code !== 0) throw new Error(`the bridge ended with ${String(code)}`);
  await upstream.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A client that is led by the test: it can leave, and it reads only when it is told to. */
interface Client {
  /** Settles with the first bytes of an answer. */
  begun: Promise<void>;
  leave(): void;
}

const ways: Record<string, (input: string) => Client> = {
  'a translated stream': (input) => openClient('/v1/responses', { model: 'claude/c', stream: true, input }),
  'a translated answer in one piece': (input) => openClient('/v1/responses', { model: 'claude/c', input }),
  'a stream that passes through': (input) => openClient('/v1/responses', { model: 'gateway/m', stream: true, input }),
  "a provider's own stream": (input) =>
    openClient('/u/claude/v1/messages', { model: 'c', max_tokens: 9, stream: true, messages: [{ role: 'user', content: input }] }),
  'a translated WebSocket': (input) => openSocket({ model: 'claude/c', input }),
  'a WebSocket that passes through': (input) => openSocket({ model: 'gateway/m', input }),
};

describe('a client that leaves', () => {
  it.each(Object.keys(ways))('in mid-answer: the upstream is left at once, and the step is cancelled: %s', async (way) => {
    const client = ways[way]?.('bye') as Client;
    const call = await upstream.next();
    call.begin();
    call.response.write(call.frames.word('one'));
    if (!way.includes('one piece')) await client.begun;
    client.leave();
    // Nothing more is sent by then: only the bridge can have closed it.
    await call.closed;
    await expectOnlyStep('cancelled');
  });

  it.each(Object.keys(ways))('before the head: the upstream is left at once, and the step is cancelled: %s', async (way) => {
    const client = ways[way]?.('bye') as Client;
    const call = await upstream.next();
    client.leave();
    await call.closed;
    await expectOnlyStep('cancelled');
  });

  it('hurts no other stream', async () => {
    const staying = askTimed(bridge.ready.apiBase, { model: 'claude/c', stream: true, input: 'stay' });
    const stayed = await upstream.next();
    stayed.begin();
    const leaving = openClient('/v1/responses', { model: 'claude/c', stream: true, input: 'bye' });
    const left = await upstream.next();
    left.begin();
    await leaving.begun;
    leaving.leave();
    await left.closed;
    stayed.finish('still ', 'here');
    await staying.over;
    expect(textOf(staying)).toContain('"text":"still here"');
  });
});

describe('a client that does not read', () => {
  /** Far more than all the buffers of a system between two processes. */
  const OFFERED_BYTES = 200_000_000;
  const TAKEN_BYTES = 40_000_000;
  const RSS_GROWTH_BYTES = 150_000_000;
  const WORD = 'x'.repeat(65_536);
  const neverReading = Object.keys(ways).filter((way) => !way.includes('one piece'));

  it.each(neverReading)('makes the upstream wait instead of filling memory, while others get their streams: %s', async (way) => {
    const client = ways[way]?.('endless') as Client;
    const call = await upstream.next();
    call.begin();
    await client.begun;
    const rssBefore = readRss(bridge.ready.pid);
    const offer = offerAll(call, OFFERED_BYTES, WORD);
    for (let i = 0; i < 20; i++) {
      const other = askTimed(bridge.ready.apiBase, { model: 'claude/c', stream: true, input: 'short' });
      const answered = await upstream.next();
      answered.begin();
      answered.finish('a ', 'word ', `${i}`);
      await other.over;
      expect(textOf(other)).toContain(`"text":"a word ${i}"`);
    }
    expect(offer.isWaiting()).toBe(true);
    expect(offer.taken()).toBeLessThan(TAKEN_BYTES);
    const rss = readRss(bridge.ready.pid);
    console.log(
      `never read, ${way}: ${Math.round(offer.taken() / 1e6)} MB taken, ${rss && rssBefore ? Math.round((rss - rssBefore) / 1e6) : '?'} MB more memory`,
    );
    if (rss !== undefined && rssBefore !== undefined) expect(rss - rssBefore).toBeLessThan(RSS_GROWTH_BYTES);
    client.leave();
    await call.closed;
  });

  it('does not hold up the end of the bridge', async () => {
    openClient('/v1/responses', { model: 'claude/c', stream: true, input: 'endless' });
    const led = await upstream.next();
    led.begin();
    offerAll(led, OFFERED_BYTES, WORD);
    // Its own stream stands still by now; that others run shows that the bridge is at work.
    await call('/api/health');
    expect(await bridge.stop()).toBe(0);
    await led.closed;
  });

  it.each(['claude/c', 'gateway/m'])('but slowly gets it all, and all is recorded: %s', async (model) => {
    const answer = askTimed(bridge.ready.apiBase, { model, stream: true, input: 'long' }, () => call('/api/health').then(() => undefined));
    const led = await upstream.next();
    led.begin();
    const words = Array.from({ length: 128 }, (_, index) => `${index} ${'y'.repeat(32_768)}`);
    led.finish(...words);
    await answer.over;
    expect(answer.endedAtMs).toBeDefined();
    expect(textOf(answer)).toContain(`"text":"${words.join('')}"`);
    await expectRecorded(answer);
  });
});

describe('five hundred streams at once', () => {
  const COUNT = 500;

  it('are all answered, each with its own text, and all recorded', { timeout: 300_000 }, async () => {
    const open: LedCall[] = [];
    const allOpen = new Promise<void>((resolve) =>
      upstream.lead((led) => {
        led.begin();
        led.response.write(led.frames.word(`${led.prompt}: `));
        open.push(led);
        if (open.length === COUNT) resolve();
      }),
    );
    const { apiBase, url } = bridge.ready;
    const answers = Array.from({ length: COUNT }, (_, index) => {
      const input = `stream ${index}`;
      if (index % 5 === 0) return askTimedSocket(url, { model: index % 2 ? 'claude/c' : 'gateway/m', input });
      return askTimed(apiBase, { model: index % 2 ? 'claude/c' : 'gateway/m', stream: true, input });
    });
    // Every one of them has had something before any is over.
    await Promise.all([allOpen, ...answers.map(({ begun }) => begun)]);
    for (const led of open) led.response.end(led.frames.word('done') + led.frames.end(`${led.prompt}: done`));
    await Promise.all(answers.map(({ over }) => over));
    for (const [index, answer] of answers.entries()) {
      expect(textOf(answer), `stream ${index}`).toContain(`"text":"stream ${index}: done"`);
      await expectRecorded(answer);
    }
    const { steps } = await countSteps();
    expect(steps).toBe(COUNT);
  });
});

function openClient(path: string, body: object): Client {
  const { port, hostname } = new URL(bridge.ready.url);
  const socket: Socket = connect(Number(port), hostname);
  const text = JSON.stringify(body);
  socket.on('error', () => socket.destroy());
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
  // `readable` tells of bytes without taking them; what is not taken stays with the sender.
  return { begun: new Promise((resolve) => socket.once('readable', resolve)), leave: () => socket.destroy() };
}

function openSocket(body: object): Client {
  const socket = new WebSocket(`${bridge.ready.url.replace(/^http/, 'ws')}/v1/responses`);
  socket.on('error', () => socket.terminate());
  socket.on('open', () => socket.send(JSON.stringify({ type: 'response.create', ...body })));
  const begun = new Promise<void>((resolve) =>
    socket.once('message', () => {
      socket.pause();
      resolve();
    }),
  );
  return { begun, leave: () => socket.terminate() };
}

/** Writes word after word for as long as somebody takes them. */
function offerAll({ response, frames }: LedCall, limitBytes: number, word: string) {
  const frame = frames.word(word);
  let taken = 0;
  let isWaiting = false;
  const write = (): void => {
    isWaiting = false;
    while (taken < limitBytes) {
      taken += frame.length;
      if (response.write(frame)) continue;
      isWaiting = true;
      response.once('drain', write);
      return;
    }
  };
  write();
  return { taken: () => taken, isWaiting: () => isWaiting };
}

/** Undefined where the system doesn't say. */
function readRss(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

const textOf = ({ bytes }: TimedAnswer): string => bytes.toString('utf8');

async function call(path: string): Promise<Response> {
  const reply = await fetch(`${bridge.ready.url}${path}`, { headers: { authorization: `Bearer ${bridge.ready.token}` } });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply;
}

/** Asks until the step is over: its end is recorded a moment after the upstream was left. */
async function expectOnlyStep(status: string): Promise<void> {
  let step: { status: string; [field: string]: unknown } | undefined;
  do {
    const { sessions } = (await (await call('/api/sessions')).json()) as SessionsPage;
    const session = (await (await call(`/api/sessions/${sessions[0]?.id}`)).json()) as SessionWithSteps;
    expect(session.steps).toHaveLength(1);
    step = { ...session.steps[0] } as typeof step;
  } while (step?.status === 'streaming');
  expect(step?.status).toBe(status);
}

async function expectRecorded(answer: TimedAnswer): Promise<void> {
  const stepId = answer.stepId === '' ? await findStep(answer) : answer.stepId;
  const kept = Buffer.from(await (await call(`/api/steps/${stepId}/emitted`)).arrayBuffer());
  expect(kept.equals(answer.bytes), 'the record is what the client got').toBe(true);
  let step: StepDetail;
  do step = (await (await call(`/api/steps/${stepId}`)).json()) as StepDetail;
  while (step.status === 'streaming');
  expect(step).toMatchObject({ status: 'completed', findingCounts: { error: 0 } });
}

/** A WebSocket has no headers; its step is where its response is. */
async function findStep(answer: TimedAnswer): Promise<string> {
  const responseId = /"id":"(resp_[^"]+)"/.exec(textOf(answer))?.[1] ?? '';
  const { sessions } = (await (await call(`/api/sessions?limit=100&q=${responseId}`)).json()) as SessionsPage;
  const found = await Promise.all(sessions.map(async ({ id }) => (await (await call(`/api/sessions/${id}`)).json()) as SessionWithSteps));
  return found.flatMap(({ steps }) => steps).find((step) => step.responseId === responseId)?.id ?? '';
}

async function countSteps(): Promise<{ steps: number }> {
  let steps = 0;
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = (await (await call(`/api/sessions?limit=100&cursor=${cursor}`)).json()) as SessionsPage;
    for (const { stepCount } of page.sessions) steps += stepCount;
    cursor = page.nextCursor;
  }
  return { steps };
}
