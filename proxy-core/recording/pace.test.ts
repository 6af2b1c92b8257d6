import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPace, type Pace } from './pace.ts';

const MUCH = 2 * 1024 * 1024;
let pace: Pace;
beforeEach(() => {
  vi.useFakeTimers();
  pace = createPace();
});
afterEach(() => vi.useRealTimers());

/** Whether a stream that asks now reads on; as it is at the end of the returned function's call. */
function ask(): () => Promise<boolean> {
  let isOn = false;
  void (pace.wait() ?? Promise.resolve()).then(() => (isOn = true));
  return async () => {
    await vi.advanceTimersByTimeAsync(0);
    return isOn;
  };
}

describe('how fast upstreams are read', () => {
  it('as fast as they come while little is on its way', () => {
    expect(pace.wait()).toBeUndefined();
    pace.sent(1_000);
    expect(pace.wait()).toBeUndefined();
  });

  it('waits until the thread has caught up', async () => {
    pace.sent(MUCH);
    const stream = ask();
    expect(await stream()).toBe(false);
    pace.moved(MUCH - 1);
    expect(await stream()).toBe(false);
    pace.moved(1_000);
    expect(await stream()).toBe(true);
    expect(pace.wait()).toBeUndefined();
  });

  it('waits no longer for a thread that hangs, until it moves again', async () => {
    pace.sent(MUCH);
    const stream = ask();
    await vi.advanceTimersByTimeAsync(199);
    expect(await stream()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await stream()).toBe(true);
    pace.sent(2 * MUCH);
    expect(pace.wait()).toBeUndefined();
    pace.moved(MUCH);
    expect(pace.wait()).toBeInstanceOf(Promise);
  });

  it('waits a moment for each read while a slow thread moves, whatever else keeps it busy', async () => {
    pace.sent(MUCH);
    const first = ask();
    await vi.advanceTimersByTimeAsync(150);
    pace.moved(MUCH);
    const second = ask();
    await vi.advanceTimersByTimeAsync(50);
    expect([await first(), await second()]).toEqual([true, false]);
    pace.moved(MUCH);
    expect(pace.wait()).toBeInstanceOf(Promise);
    await vi.advanceTimersByTimeAsync(150);
    expect(await second()).toBe(true);
  });

  it('lets everybody go at the end', async () => {
    pace.sent(MUCH);
    const stream = ask();
    pace.close();
    expect(await stream()).toBe(true);
    expect(pace.wait()).toBeUndefined();
  });
});
