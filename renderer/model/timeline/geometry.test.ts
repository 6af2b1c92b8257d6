import { describe, expect, it } from 'vitest';
import { BROKEN, cleanRows, toChunkColumns, toFinding, toTrack } from '../example-rows.ts';
import { appendChunks, setFindings } from '../step-track.ts';
import { countBins, flagBins, toDensity } from './bins.ts';
import { HEIGHT, layoutStep } from './layout.ts';
import { nudgePx, toPositions } from './positions.ts';
import { reveal, fitView, MAX_PX_PER_MS, panBy, toPx, toTicks, toUnit, zoomAbout } from './scale.ts';
import { eventAt, eventPx, eventY, toFrame, toScene } from './scene.ts';
import { toSessionAxis } from './session-axis.ts';
import { findSilences } from './silence.ts';

const broken = toTrack(BROKEN);
appendChunks(broken, toChunkColumns(BROKEN.map((_, index) => ({ index, tUs: index * 1000, size: 1, text: '' }))));

describe('positions', () => {
  it('steps events of one instant aside, in stream order', () => {
    const { nudge } = toPositions(broken, 'time');
    expect([...nudge.subarray(0, 10)]).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1, 2]);
  });
  it('never pushes an event past the next instant', () => {
    const positions = toPositions(broken, 'time');
    for (const pxPerUnit of [0.1, 1, 10]) expect(nudgePx(positions, 9, pxPerUnit)).toBeLessThan(8 * pxPerUnit);
  });
  it('gives every event the same room in Order mode, chunks at their first effect', () => {
    const positions = toPositions(broken, 'order');
    expect(positions.event[5]! - positions.event[4]!).toBe(1);
    expect(positions.chunk[7]).toBe(positions.event[7]);
  });
});

describe('scale', () => {
  it('fits a step between its paddings', () => {
    const view = fitView(200, 1000);
    expect(toPx(view, 0)).toBe(16);
    expect(toPx(view, 200)).toBeCloseTo(1000 - 64);
  });
  it('zooms about the pointer', () => {
    const view = fitView(200, 1000);
    const unit = toUnit(view, 700);
    expect(toUnit(zoomAbout(view, 700, 4, { extent: 200, width: 1000 }), 700)).toBeCloseTo(unit);
  });
  it('keeps its limits and stays inside the step', () => {
    let view = fitView(200, 1000);
    for (let i = 0; i < 50; i += 1) view = zoomAbout(view, 300, 2, { extent: 200, width: 1000 });
    expect(view.pxPerUnit).toBe(MAX_PX_PER_MS);
    for (let i = 0; i < 50; i += 1) view = zoomAbout(view, 300, 0.5, { extent: 200, width: 1000 });
    expect(view).toEqual(fitView(200, 1000));
    expect(panBy(fitView(200, 1000), -500, 200, 1000).start).toBe(0);
  });
  it('labels round numbers', () => {
    expect(
      toTicks(fitView(200, 1000), 1000)
        .map((tick) => tick.label)
        .slice(0, 3),
    ).toEqual(['0', '20', '40']);
    expect(toTicks({ start: 0, pxPerUnit: 200 }, 1000)[1]!.label).toBe('0.5');
  });
});

describe('layout', () => {
  it('puts the upstream over the response over the items, with room for ghosts', () => {
    const layout = layoutStep(broken, true);
    expect(layout.rows.map((row) => row.kind)).toEqual(['axis', 'upstream', 'response', 'item', 'ghost-item']);
    expect(layout.height).toBe(HEIGHT.axis + HEIGHT.upstream + HEIGHT.response + HEIGHT.item + HEIGHT.ghostIds + HEIGHT.ghostItem);
  });
  it('draws centre lines on half pixels', () => {
    for (const row of layoutStep(broken, true).rows) expect(row.centre % 1).toBe(0.5);
  });
  it('folds closed lanes without findings once there are more than twelve', () => {
    const rows = Array.from({ length: 20 }, (_, i) => [
      ['output_item.added', i, `fc_${i}`, i, { item: { id: `fc_${i}`, type: 'function_call' } }] as const,
      ['output_item.done', i, `fc_${i}`, i, { item: { id: `fc_${i}`, type: 'function_call' } }] as const,
    ]).flat();
    const layout = layoutStep(toTrack(rows.map((row) => [...row])), false);
    expect(layout.rows.filter((row) => row.kind === 'quiet').flatMap((row) => row.quiet)).toHaveLength(20);
    expect(layout.height).toBeLessThan(80);
  });
});

describe('scene', () => {
  const scene = toScene(broken, 'time');
  const frame = toFrame(scene, fitView(110, 1000), 1000);
  it('finds the event under the pointer, ghosts on their own line', () => {
    for (const event of [3, 5, 9, 11])
      expect(eventAt(scene, frame, { x: eventPx(scene, frame, event), y: eventY(scene, event) })).toBe(event);
    expect(eventY(scene, 3)).toBeGreaterThan(eventY(scene, 2));
    expect(eventAt(scene, frame, { x: 990, y: 5 })).toBe(-1);
  });
  it('is made again only when the track has changed', () => {
    expect(toScene(broken, 'time')).toBe(scene);
  });
});

describe('silence', () => {
  it('is a pause over 25 ms and three median gaps, with the chunks that were held', () => {
    expect(findSilences(broken)).toMatchObject([{ fromMs: 56, toMs: 90, event: 7, heldChunks: 0 }]);
    expect(findSilences(toTrack(cleanRows(50)))).toEqual([]);
  });
});

describe('density', () => {
  const track = toTrack(cleanRows(20_000));
  setFindings(track, [toFinding('x', 5000), toFinding('x', 5001), toFinding('y', 12_000, { severity: 'warning' })]);
  const lanes = toScene(track, 'time').laneEvents;
  it('loses no event between its bins', () => {
    const counts = countBins(lanes[0]!, 0, 400, 402);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(lanes[0]!.length);
  });
  it('keeps every finding, worst first', () => {
    const flags = flagBins(lanes[0]!, 0, 400, 402);
    expect([...flags].filter((flag) => flag > 0)).toEqual([3, 2]);
  });
  it('changes its drawing at 48, 6 and 2 pixels', () => {
    expect([60, 48, 10, 3, 1].map(toDensity)).toEqual(['text', 'text', 'ticks', 'thin', 'bins']);
  });
});

describe('session axis', () => {
  it('lays steps and gaps side by side and fills the width', () => {
    const pieces = toSessionAxis(
      [
        { fromMs: 0, toMs: 200 },
        { fromMs: 246, toMs: 444 },
      ],
      1000,
    );
    expect(pieces.map((piece) => piece.kind)).toEqual(['step', 'gap', 'step']);
    expect(pieces.at(-1)!.right).toBeCloseTo(1000);
  });
  it('does not let a long wait push the steps aside', () => {
    const [step] = toSessionAxis(
      [
        { fromMs: 0, toMs: 200 },
        { fromMs: 600_200, toMs: 600_400 },
      ],
      1000,
    );
    expect(step!.right).toBeGreaterThan(300);
  });
});

describe('reveal', () => {
  const view = { start: 100, pxPerUnit: 4 };
  it('leaves a view alone that shows the unit', () => expect(reveal(view, 150, 1000, 600)).toBe(view));
  it('pans to a unit outside, and not beyond the ends', () => {
    const later = reveal(view, 600, 1000, 600);
    expect(toPx(later, 600)).toBeGreaterThan(0);
    expect(toPx(later, 600)).toBeLessThan(300);
    expect(later.pxPerUnit).toBe(4);
    expect(reveal(view, 2, 1000, 600).start).toBe(0);
  });
});
