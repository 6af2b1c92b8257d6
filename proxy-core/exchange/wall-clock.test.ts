import { describe, expect, it } from 'vitest';
import { createWallClock } from './wall-clock.ts';

describe('wall clock', () => {
  it('has fractions of a millisecond', () => {
    let monotonicMs = 10;
    const nowUs = createWallClock(
      () => Math.floor(1_000_000 + monotonicMs),
      () => monotonicMs,
    );
    const first = nowUs();
    monotonicMs += 0.25;
    expect(nowUs() - first).toBe(250);
  });

  it('follows the wall clock when that is set, or the machine slept', () => {
    let wallMs = 1_000_000;
    const nowUs = createWallClock(
      () => wallMs,
      () => 10,
    );
    wallMs += 60_000;
    expect(nowUs()).toBe(1_060_000_000);
    wallMs -= 120_000;
    expect(nowUs()).toBe(940_000_000);
  });
});
