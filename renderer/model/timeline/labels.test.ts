import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BROKEN, cleanRows, RS, toTrack, type RowSketch } from '../example-rows.ts';
import { buildIdRegistry } from '../id-registry.ts';
import { overlaps, placeLabels, type LabelWish } from './labels.ts';
import { fitView } from './scale.ts';
import { toFrame, toScene } from './scene.ts';
import { findStacks } from './stack-labels.ts';
import { toStepLabels } from './step-labels.ts';

const widthOf = (text: string): number => text.length * 6;
const box = (label: { left: number; top: number; width: number; height: number }) => ({
  left: label.left,
  top: label.top,
  right: label.left + label.width,
  bottom: label.top + label.height,
});

describe('placeLabels', () => {
  const wish = (key: string, kind: LabelWish['kind'], x: number, more: Partial<LabelWish> = {}): LabelWish => ({
    key,
    kind,
    text: 'twelve chars',
    tone: 'ink',
    font: 'ui',
    widthOf,
    height: 15,
    anchor: 'left',
    places: [{ x, y: 20 }],
    ...more,
  });
  it('drops silence first and ghost text last', () => {
    const placed = placeLabels([wish('s', 'silence', 10), wish('i', 'id', 10), wish('g', 'ghost-text', 10)], 400);
    expect(placed.map((label) => label.key)).toEqual(['g']);
  });
  it('takes the next place, then the shorter text', () => {
    const [, second] = placeLabels(
      [
        wish('g', 'ghost-text', 10),
        wish('i', 'id', 10, {
          places: [
            { x: 10, y: 20 },
            { x: 10, y: 60 },
          ],
        }),
      ],
      400,
    );
    expect(second).toMatchObject({ key: 'i', top: 52.5 });
    expect(placeLabels([wish('g', 'ghost-text', 380, { shorter: ['ok'] })], 400)[0]!.text).toBe('ok');
  });
  it('never lets texts overlap or leave the plot', () => {
    const wishes = fc.array(
      fc.record({
        x: fc.integer({ min: -50, max: 500 }),
        y: fc.integer({ min: 0, max: 60 }),
        kind: fc.constantFrom('ghost-text' as const, 'id' as const, 'cause' as const, 'silence' as const),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(wishes, (sketches) => {
        const placed = placeLabels(
          sketches.map(({ x, y, kind }, i) => wish(String(i), kind, x, { places: [{ x, y }] })),
          400,
        );
        for (const [i, label] of placed.entries()) {
          expect(label.left).toBeGreaterThanOrEqual(0);
          expect(label.left + label.width).toBeLessThanOrEqual(400);
          for (const other of placed.slice(i + 1)) expect(overlaps(box(label), box(other))).toBe(false);
        }
      }),
    );
  });
});

describe('the words on a broken step', () => {
  const track = toTrack(BROKEN);
  const registry = buildIdRegistry([track]);
  const scene = toScene(track, 'time');
  const say = (width: number, isNarrow = false): string[] => {
    const frame = toFrame(scene, fitView(scene.positions.extent, width), width);
    const { wishes, obstacles } = toStepLabels({ scene, frame, registry, widthOf, isNarrow });
    return placeLabels(wishes, width, obstacles).map((label) => label.text);
  };
  it('names the expected id, what is missing and what was never opened', () => {
    expect(say(1400)).toEqual(
      expect.arrayContaining([
        'all 4 should carry rs_28ec',
        'missing: output_item.added, message, index 1',
        'closed, never opened',
        'rs_28ec',
        'chatcmpl-01be',
      ]),
    );
  });
  it('says that the response id changes, and to what', () => {
    expect(say(1600).join('\n')).toContain('wraps resp_50ec');
  });
  it('keeps the ghost text even where there is little room', () => {
    expect(say(420, true)).toEqual(expect.arrayContaining([expect.stringContaining('should')]));
  });
  it('stays inside its plot over every zoom', () => {
    const clean = toTrack(cleanRows(40));
    const cleanScene = toScene(clean, 'time');
    for (const pxPerUnit of [0.05, 0.5, 3, 20, 200]) {
      const frame = toFrame(cleanScene, { start: 0, pxPerUnit }, 900);
      const { wishes, obstacles } = toStepLabels({
        scene: cleanScene,
        frame,
        registry: buildIdRegistry([clean]),
        widthOf,
        isNarrow: false,
      });
      for (const label of placeLabels(wishes, 900, obstacles)) expect(label.left + label.width).toBeLessThanOrEqual(900);
    }
  });
  it('knows the id it waits for', () => expect(track.lanes.lanes[0]!.id).toBe(RS));
});

describe('events of one instant', () => {
  const deltas = (count: number, tMs: number): RowSketch[] =>
    Array.from({ length: count }, () => ['output_text.delta', tMs, 'msg_0a1b2c3d', 0, { delta: 'x' }]);
  const toLabels = (rows: RowSketch[]) => {
    const track = toTrack(rows);
    const scene = toScene(track, 'time');
    const frame = toFrame(scene, fitView(scene.positions.extent, 900), 900);
    const { wishes, obstacles } = toStepLabels({ scene, frame, registry: buildIdRegistry([track]), widthOf, isNarrow: false });
    return { stacks: findStacks({ scene, frame }), placed: placeLabels(wishes, 900, obstacles) };
  };
  const [created, added, part] = cleanRows(0);
  const rows = (count: number): RowSketch[] => [created!, added!, part!, ...deltas(count, 20), ...deltas(1, 60)];

  it('six stand side by side, and nothing has to be said', () => {
    expect(toLabels(rows(6)).stacks).toEqual([]);
  });
  it('says how many lie behind the sixth', () => {
    const { stacks, placed } = toLabels(rows(10));
    expect(stacks).toEqual([{ top: 8, first: 9, last: 12, count: 4 }]);
    const label = placed.find((candidate) => candidate.text === '+4');
    expect(label?.style).toMatchObject({ event: 9, title: '4 more at the same instant: events 9 to 12' });
  });
});
