/** A thread that is slow: what is on its way is bounded. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TapEvent } from '../protocol/capture/tap-event.ts';
import { stepEnded, stepStarted, writes } from '../recorder/recorder-fixtures.ts';
import { chunk, FLUSH_MS, openSlowRecord } from './recording-fixtures.ts';

const EVENTS = writes(
  'step_1',
  Array.from({ length: 10 }, (_, n) => ({ type: 'x', sequence_number: n, delta: 'some text here' })),
);
const at = (index: number) => EVENTS[index] as TapEvent;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what is handed to the recording thread', () => {
  it('goes every so often, or at once when it is much', () => {
    const { observe, sizes, queue } = openSlowRecord(50_000_000);
    observe(stepStarted(), at(0));
    vi.advanceTimersByTime(FLUSH_MS - 1);
    expect(sizes()).toHaveLength(0);
    vi.advanceTimersByTime(1);
    expect(sizes()).toHaveLength(1);
    vi.advanceTimersByTime(10 * FLUSH_MS);
    expect(sizes()).toHaveLength(1);
    observe(chunk(0, 2_000_000));
    vi.advanceTimersByTime(0);
    expect([sizes()[1], queue.map(({ id }) => id)]).toEqual([expect.toSatisfy((size: number) => size > 2_000_000), [0, 1]]);
  });

  it('is no endless number of small things while the thread is late', () => {
    const { observe, work, sizes } = openSlowRecord(50_000_000);
    observe(stepStarted());
    for (let index = 0; index < 100; index++) {
      observe(chunk(index, 10));
      vi.advanceTimersByTime(FLUSH_MS);
    }
    expect(sizes()).toHaveLength(64);
    work();
    vi.advanceTimersByTime(FLUSH_MS);
    // The rest in one.
    expect(sizes()).toHaveLength(1);
  });

  it('is bounded: beyond that chunks and writes are a gap, until there is room again', () => {
    const { recorder, observe, work, sizes, steps, streams } = openSlowRecord();
    observe(stepStarted(), at(0), chunk(0, 1_000_000));
    vi.advanceTimersByTime(FLUSH_MS);
    for (let index = 1; index < 100; index++) observe(chunk(index, 100_000));
    observe(at(1), at(2), at(3));
    vi.advanceTimersByTime(FLUSH_MS);
    // Of what was lost only the count is on its way.
    expect(sizes()[0]).toBeGreaterThan(1_000_000);
    expect(
      sizes()
        .slice(1)
        .reduce((sum, size) => sum + size, 0),
    ).toBeLessThan(2_000);
    work();
    observe(chunk(100, 10), at(4));
    vi.advanceTimersByTime(FLUSH_MS);
    observe(stepEnded());
    vi.advanceTimersByTime(FLUSH_MS);
    work();
    expect(steps.detail('step_1')).toMatchObject({ status: 'completed', gap: { events: 3, chunks: 99 }, eventCount: 5, chunkCount: 101 });
    expect(streams.events('step_1')?.events.map(({ sequenceNumber }) => sequenceNumber)).toEqual([0, 4]);
    expect(streams.chunks('step_1')?.chunks.map(({ index, size }) => [index, size])).toEqual([
      [0, 1_000_000],
      [100, 10],
    ]);
    expect(recorder.trouble()).toBeNull();
  });

  it('is no new step when there is no room; that one is missing, and told with the next trouble', () => {
    const { recorder, observe, work, steps, troubles, hear } = openSlowRecord();
    observe(stepStarted(), chunk(0, 1_000_000));
    for (const stepId of ['step_2', 'step_3']) observe(stepStarted({ stepId }), ...writes(stepId, [{ type: 'x' }]), stepEnded({ stepId }));
    vi.advanceTimersByTime(FLUSH_MS);
    work();
    observe(stepStarted({ stepId: 'step_4' }), ...writes('step_2', [{ type: 'x' }]));
    vi.advanceTimersByTime(FLUSH_MS);
    work();
    expect(['step_1', 'step_2', 'step_3', 'step_4'].map((id) => steps.detail(id)?.status)).toEqual([
      'streaming',
      undefined,
      undefined,
      'streaming',
    ]);
    hear({ type: 'trouble', trouble: 'Nothing is recorded just now: the disk is full.', lostSteps: 1 });
    expect(troubles).toEqual([['Nothing is recorded just now: the disk is full.', 3]]);
    expect(recorder.trouble()).toBe('Nothing is recorded just now: the disk is full. 3 steps are missing from the record.');
    hear({ type: 'trouble', trouble: null, lostSteps: 1 });
    expect([troubles.at(-1), recorder.trouble()]).toEqual([[null, 3], null]);
  });

  it('keeps the ends of steps that are running, however full it is', () => {
    const { observe, work, steps } = openSlowRecord();
    observe(stepStarted(), chunk(0, 1_000_000));
    observe({ type: 'warning', stepId: 'step_1', code: 'a', message: 'b' }, stepEnded());
    vi.advanceTimersByTime(FLUSH_MS);
    work();
    expect(steps.detail('step_1')).toMatchObject({ status: 'completed', warnings: [{ code: 'a' }], gap: null });
  });

  it('is flushed when all is written that came before, and only then', async () => {
    const { recorder, observe, work, queue, steps } = openSlowRecord();
    observe(stepStarted());
    const isOver: string[] = [];
    const flushed = recorder.flush().then((isRecorded) => isOver.push(`${isRecorded}`));
    const again = recorder.flush().then(() => isOver.push('again'));
    observe(stepEnded());
    await vi.advanceTimersByTimeAsync(FLUSH_MS);
    expect([isOver, queue.length]).toEqual([[], 3]);
    work();
    await Promise.all([flushed, again]);
    expect(isOver).toEqual(['true', 'again']);
    expect(steps.detail('step_1')?.status).toBe('completed');
  });
});
