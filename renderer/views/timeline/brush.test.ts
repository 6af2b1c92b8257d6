import { describe, expect, it } from 'vitest';
import { BROKEN, toTrack } from '../../model/example-rows.ts';
import { eventsInView, rangeText } from '../../model/timeline/brushed.ts';
import { toPositions } from '../../model/timeline/positions.ts';
import { fitRange } from '../../model/timeline/scale.ts';
import { toSessionAxis } from '../../model/timeline/session-axis.ts';
import { brushOf, brushToUnits } from './brush.ts';

const WIDTH = 440;
const track = toTrack(BROKEN);
const pieces = toSessionAxis([{ fromMs: 0, toMs: 110 }], WIDTH);
const toStep = (mode: 'time' | 'order') => ({ tMs: track.tMs, positions: toPositions(track, mode) });
const brush = (mode: 'time' | 'order', left: number, right: number) =>
  brushToUnits({ pieces, selected: 0, step: toStep(mode), left, right });

describe('the brush', () => {
  it('gives milliseconds in wall time', () => {
    expect(brush('time', 160, 220)).toEqual({ from: 40, to: 55 });
  });
  it('gives the events of that time in event order', () => {
    expect(brush('order', 160, 220)).toEqual({ from: 5, to: 6 });
    expect(brush('order', 200, 210)).toBeNull();
  });
  it.each(['time', 'order'] as const)('is drawn where it was dragged to (%s), and leaves those events', (mode) => {
    const step = toStep(mode);
    const units = brush(mode, 160, 226)!;
    const view = fitRange(units.from, units.to, WIDTH);
    const drawn = brushOf({ pieces, selected: 0, view, step, plotWidth: WIDTH, width: WIDTH });
    expect(Math.abs(drawn.left - 160)).toBeLessThan(5);
    expect(Math.abs(drawn.right - 226)).toBeLessThan(5);
    expect(eventsInView(step.positions, view, WIDTH)).toEqual({ from: 4, to: 7 });
    expect(rangeText(step.positions, view, WIDTH)).toEqual(
      mode === 'time' ? { key: 'time', value: '40–57 ms' } : { key: 'event', value: '4–6' },
    );
  });
  it('spans the whole step when all is in sight', () => {
    expect(brushOf({ pieces, selected: 0, view: null, step: toStep('order'), plotWidth: WIDTH, width: WIDTH })).toEqual({
      left: 0,
      right: WIDTH,
    });
  });
});
