import { describe, expect, it } from 'vitest';
import { appendEvents } from './append-events.ts';
import { BROKEN, cleanRows, LEAKED, RS, toChunkColumns, toEventColumns, toFinding, toRows, toTrack, WRAPPED } from './example-rows.ts';
import { appendChunks, createStepTrack, setFindings, setGateway } from './step-track.ts';

describe('lanes', () => {
  it('hangs reasoning deltas with new ids under the open lane of their index', () => {
    const [reasoning] = toTrack(BROKEN).lanes.lanes;
    expect(reasoning).toMatchObject({ id: RS, isAnnounced: true, ghosts: [3, 4, 5, 6], closeEvent: 8 });
  });
  it('gives a message that was never announced a lane of its own, though it reuses index 0', () => {
    const message = toTrack(BROKEN).lanes.lanes[1];
    expect(message).toMatchObject({ id: LEAKED, isAnnounced: false, kind: 'message', openEvent: -1, closeEvent: 11, ghosts: [] });
  });
  it('puts the response into its own lane and sees its id change', () => {
    const track = toTrack(BROKEN);
    expect(track.lane[0]).toBe(-1);
    expect(track.responseIds.map(({ id }) => id)).toEqual([expect.stringMatching(/^resp_50ec/), WRAPPED]);
  });
  it('opens one lane, not hundreds, when every delta of an unannounced item has a new id', () => {
    const track = toTrack(Array.from({ length: 300 }, (_, i) => ['output_text.delta', i, `gen-${i}x`, 0, { delta: 'x' }]));
    expect(track.lanes.lanes).toHaveLength(1);
    expect(track.lanes.lanes[0]!.ghosts).toHaveLength(299);
  });
  it('keeps a clean stream free of ghosts', () => {
    const track = toTrack(cleanRows(20));
    expect(track.lanes.lanes).toHaveLength(1);
    expect(track.isGhost.subarray(0, track.count).every((ghost) => ghost === 0)).toBe(true);
  });
});

describe('appending', () => {
  it('gives the same track whether events come at once or one by one', () => {
    const rows = toRows(BROKEN);
    const one = createStepTrack('a');
    for (const row of rows) appendEvents(one, toEventColumns([row]));
    const all = toTrack(BROKEN);
    expect([...one.lane.subarray(0, one.count)]).toEqual([...all.lane.subarray(0, all.count)]);
    expect(one.uses).toEqual(all.uses);
  });
  it('skips events that are there already', () => {
    const track = toTrack(BROKEN);
    appendEvents(track, toEventColumns(toRows(BROKEN)));
    expect(track.count).toBe(BROKEN.length);
  });
  it('grows over its first capacity', () => {
    const track = toTrack(cleanRows(5000));
    expect(track.count).toBe(5006);
    expect(track.tMs[5005]).toBeGreaterThan(40_000);
  });
  it('ties each chunk to the first event it caused, in whatever order both arrive', () => {
    const chunks = toChunkColumns(BROKEN.map((_, index) => ({ index, tUs: index * 1000, size: 1, text: '' })));
    const after = toTrack(BROKEN);
    appendChunks(after, chunks);
    const before = createStepTrack('b');
    appendChunks(before, chunks);
    appendEvents(before, toEventColumns(toRows(BROKEN)));
    expect([...after.chunkEvent.subarray(0, 13)]).toEqual([...Array(13).keys()]);
    expect([...before.chunkEvent.subarray(0, 13)]).toEqual([...Array(13).keys()]);
  });
});

describe('a gateway recorded on both sides', () => {
  const inner = { stepId: 'inner', sessionId: 's', upstream: 'anthropic', upstreamKind: 'anthropic', model: null, offsetUs: 20_000 };
  const chunks = toChunkColumns([0, 30, 61].map((ms, index) => ({ index, tUs: ms * 1000, size: 1, text: '' })));

  it('shows the inner call on the axis of the step, each event tied to the last chunk before it', () => {
    const track = toTrack(BROKEN);
    appendChunks(track, toChunkColumns([{ index: 0, tUs: 0, size: 1, text: 'data: {"choices":[]}\n' }]));
    setGateway(track, inner);
    expect(track.chunkCount).toBe(0);
    appendChunks(track, chunks);
    expect([...track.chunkMs.subarray(0, 3)]).toEqual([20, 50, 81]);
    for (let event = 0; event < track.count; event += 1) {
      const before = [20, 50, 81].filter((ms) => ms <= track.tMs[event]!).length - 1;
      expect(track.chunk[event]).toBe(before);
    }
  });

  it('is the same whether chunks or events come first', () => {
    const early = createStepTrack('a');
    setGateway(early, inner);
    appendChunks(early, chunks);
    appendEvents(early, toEventColumns(toRows(BROKEN)));
    const late = toTrack(BROKEN);
    setGateway(late, inner);
    appendChunks(late, chunks);
    expect([...early.chunk.subarray(0, early.count)]).toEqual([...late.chunk.subarray(0, late.count)]);
    expect([...early.chunkEvent.subarray(0, 3)]).toEqual([...late.chunkEvent.subarray(0, 3)]);
  });
});

describe('findings', () => {
  it('sorts errors first, then the rule with most findings, and marks the worst per event', () => {
    const track = toTrack(BROKEN);
    setFindings(track, [
      toFinding('event-name', 3, { severity: 'warning' }),
      toFinding('required-fields', 3),
      toFinding('item-id-announced', 4),
      toFinding('item-id-announced', 3),
    ]);
    expect(track.findings.map(({ rule, event }) => `${rule} ${event}`)).toEqual([
      'item-id-announced 3',
      'item-id-announced 4',
      'required-fields 3',
      'event-name 3',
    ]);
    expect(track.severity[3]).toBe(3);
    expect(track.findingsByEvent.get(3)).toEqual([0, 2, 3]);
  });
});
