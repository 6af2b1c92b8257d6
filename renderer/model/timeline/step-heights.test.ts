import { describe, expect, it } from 'vitest';
import { foldedHeight, LONG_SESSION, openHeight, stepsThatFit, type StepShape } from './step-heights.ts';

const shapes = (count: number, plotPx: number | null = 200): StepShape[] =>
  Array.from({ length: count }, (_, i) => ({ plotPx, hasGateway: false, isLast: i === count - 1 }));
const fit = (count: number, selected: number, roomPx: number): number[] =>
  [...stepsThatFit(shapes(count), selected, roomPx)].toSorted((a, b) => a - b);

describe('stepsThatFit', () => {
  it('opens every step where there is room for all', () => {
    expect(fit(3, 1, 3 * (28 + 200) + 2 * 22)).toEqual([0, 1, 2]);
  });
  it('opens the neighbours of the selected one first, and never less than that one', () => {
    expect(fit(5, 2, 700)).toEqual([2, 3]);
    expect(fit(5, 2, 900)).toEqual([1, 2, 3]);
    expect(fit(5, 4, 100)).toEqual([4]);
  });
  it('leaves sessions alone that are shown as one-liners', () => {
    expect(stepsThatFit(shapes(LONG_SESSION + 1), 0, 99_999).size).toBe(0);
  });
});

describe('heights', () => {
  it('count header, gateway calls, lanes and the tools behind', () => {
    expect(openHeight({ plotPx: 200, hasGateway: true, isLast: false }, false)).toBe(28 + 22 + 200 + 22);
    expect(openHeight({ plotPx: null, hasGateway: false, isLast: true }, false)).toBe(28 + 76);
    expect(foldedHeight({ plotPx: 200, hasGateway: true, isLast: false }, { isLong: false, hasStrip: true })).toBe(28 + 24 + 22);
    expect(foldedHeight({ plotPx: 200, hasGateway: false, isLast: false }, { isLong: true, hasStrip: true })).toBe(26);
  });
});
