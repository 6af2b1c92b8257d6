import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createIdleLimit } from './idle-limit.ts';

describe('the limit of an upstream’s silence', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends an upstream that says nothing, from the start or between two reads', () => {
    const abort = new AbortController();
    const idle = createIdleLimit(abort, 100);
    vi.advanceTimersByTime(90);
    idle.pause();
    idle.resume();
    vi.advanceTimersByTime(90);
    expect(abort.signal.aborted).toBe(false);
    vi.advanceTimersByTime(10);
    expect(abort.signal.reason).toBe('timeout');
  });

  it('does not count while we wait for the client, and counts anew afterwards', () => {
    const abort = new AbortController();
    const idle = createIdleLimit(abort, 100);
    idle.pause();
    vi.advanceTimersByTime(10_000);
    idle.resume();
    vi.advanceTimersByTime(99);
    expect(abort.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(abort.signal.aborted).toBe(true);
  });

  it('is over when it is stopped', () => {
    const abort = new AbortController();
    createIdleLimit(abort, 100).stop();
    vi.advanceTimersByTime(10_000);
    expect(abort.signal.aborted).toBe(false);
  });
});
