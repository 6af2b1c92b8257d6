/** The page's loader against a control plane on a real socket: whole steps, growing ones, and ones that are left. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { appendEvents } from '../../renderer/model/append-events.ts';
import { toChunkColumns, toEventColumns } from '../../renderer/model/example-rows.ts';
import { appendChunks, createStepTrack, setFindings, type StepTrack } from '../../renderer/model/step-track.ts';
import { textOf } from '../../renderer/model/text-column.ts';
import { loadTrack, topUpTrack, type TrackLoader } from '../../renderer/model/track-loader.ts';
import { startMockBridge, type MockBridge } from '../helpers/mock-control-api.ts';
import { generateSession, type MockStep } from '../helpers/mock-sessions.ts';

/** Three pages: what is in sight, a whole one, the rest. */
const EVENTS = 45_000;
let bridge: MockBridge;
let step: MockStep;
let asked: string[];

beforeEach(async () => {
  const session = generateSession('s', EVENTS, 0, { faultEvery: 10_000 });
  step = session.steps[0]!;
  bridge = await startMockBridge('', [session]);
  asked = [];
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) => {
    asked.push(path);
    return fetch(new URL(path, bridge.url), init);
  });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await bridge.close();
});

function createLoader(): TrackLoader {
  const controller = new AbortController();
  const loader: TrackLoader = { isCancelled: false, signal: controller.signal, cancel: () => undefined };
  loader.cancel = () => {
    loader.isCancelled = true;
    controller.abort();
  };
  return loader;
}

function toFacts(track: StepTrack): unknown {
  const { count, chunkCount } = track;
  const columns = [track.tMs, track.type, track.mark, track.id, track.outputIndex, track.chunk, track.lane, track.isGhost, track.severity];
  return {
    count,
    chunkCount,
    columns: columns.map((column) => column.slice(0, count)),
    chunks: [track.chunkMs.slice(0, chunkCount), track.chunkEvent.slice(0, chunkCount), track.upstream.marks.slice(0, chunkCount)],
    text: textOf(track.text, 0, count),
    lanes: track.lanes.lanes.map(({ id, firstEvent, lastEvent, eventCount }) => ({ id, firstEvent, lastEvent, eventCount })),
    findings: track.findings.length,
  };
}

/** All of the step in one page. */
function wholeTrack(): StepTrack {
  const track = createStepTrack(step.step.id);
  appendEvents(track, toEventColumns(step.events));
  setFindings(track, step.findings);
  appendChunks(track, toChunkColumns(step.chunks));
  return track;
}

describe('the loader of a step', () => {
  it('puts pages together to what one page would have been', async () => {
    const track = createStepTrack(step.step.id);
    track.total = EVENTS;
    let changes = 0;
    await loadTrack(track, createLoader(), () => void (changes += 1));
    expect(toFacts(track)).toEqual(toFacts(wholeTrack()));
    expect(asked.filter((path) => path.includes('/columns/events')).length).toBeGreaterThan(2);
    expect(changes).toBeGreaterThan(5);
  });

  it('goes on where a growing step stopped, and reads findings again only when there are more', async () => {
    const all = { events: step.events, chunks: step.chunks };
    const growTo = (count: number): void => {
      step.events = all.events.slice(0, count);
      step.chunks = all.chunks.slice(0, count);
    };
    growTo(5_000);
    const track = createStepTrack(step.step.id);
    track.total = 5_000;
    const loader = createLoader();
    await loadTrack(track, loader, () => undefined);
    expect(track.count).toBe(5_000);
    let onChange: () => unknown = () => undefined;
    for (const count of [5_001, 30_000, EVENTS]) {
      growTo(count);
      asked = [];
      await new Promise<void>((resolve) => {
        onChange = () => track.chunkCount === count && resolve();
        topUpTrack(track, count, loader, () => onChange());
      });
      expect(asked.some((path) => path.endsWith('/findings'))).toBe(false);
    }
    expect(toFacts(track)).toEqual(toFacts(wholeTrack()));
  });

  it('takes nothing in any more once another session was opened', async () => {
    const track = createStepTrack(step.step.id);
    track.total = EVENTS;
    const loader = createLoader();
    await loadTrack(track, loader, () => loader.cancel());
    expect(track.count).toBeLessThan(EVENTS);
  });
});
