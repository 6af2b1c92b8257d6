import { describe, expect, it } from 'vitest';
import { scrollTopFor, toWindow } from './fixed-window.ts';

describe('toWindow', () => {
  it('draws what is in sight and a little more, at both ends of a million rows', () => {
    expect(toWindow({ scrollTop: 0, height: 240 }, 24, 1_000_000)).toEqual({ from: 0, to: 20 });
    expect(toWindow({ scrollTop: 24_000_000 - 240, height: 240 }, 24, 1_000_000)).toEqual({ from: 999_980, to: 1_000_000 });
  });
  it('draws nothing of an empty list', () => expect(toWindow({ scrollTop: 0, height: 240 }, 24, 0)).toEqual({ from: 0, to: 0 }));
});

describe('scrollTopFor', () => {
  it('stays when the row is in sight, moves a little for a neighbour, centres what is far', () => {
    expect(scrollTopFor(3, 24, { scrollTop: 0, height: 240 })).toBe(0);
    expect(scrollTopFor(10, 24, { scrollTop: 0, height: 240 })).toBe(24);
    expect(scrollTopFor(100, 24, { scrollTop: 0, height: 240 })).toBe(2400 - 120 + 12);
  });
});
