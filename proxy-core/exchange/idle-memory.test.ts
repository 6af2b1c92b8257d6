import { describe, expect, it, vi } from 'vitest';
import { createIdleMemory } from './idle-memory.ts';

describe('idle memory', () => {
  function watch() {
    vi.useFakeTimers();
    const collect = vi.fn<() => void>();
    const memory = { bytes: 100 };
    const idle = createIdleMemory({ idleMs: 10, worthBytes: 50, residentBytes: () => memory.bytes, collect });
    return { collect, memory, idle };
  }

  it('is given back once no request has run for a while, and only when it is worth it', () => {
    const { collect, memory, idle } = watch();
    idle.idle();
    vi.advanceTimersByTime(20);
    expect(collect).toHaveBeenCalledTimes(0);
    memory.bytes = 200;
    idle.idle();
    vi.advanceTimersByTime(20);
    expect(collect).toHaveBeenCalledTimes(1);
    // What is still there after it is needed: it is not asked for again and again.
    idle.idle();
    vi.advanceTimersByTime(20);
    expect(collect).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });

  it('waits while a request runs', () => {
    const { collect, memory, idle } = watch();
    memory.bytes = 200;
    idle.idle();
    idle.busy();
    vi.advanceTimersByTime(20);
    expect(collect).toHaveBeenCalledTimes(0);
    vi.useRealTimers();
  });

  it('really is collected', () => {
    vi.useFakeTimers();
    const idle = createIdleMemory({ idleMs: 1, worthBytes: 0 });
    idle.idle();
    expect(() => vi.advanceTimersByTime(2)).not.toThrow();
    vi.useRealTimers();
  });
});
