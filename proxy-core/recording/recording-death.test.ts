/** A thread that is gone: streams go on without it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stepEnded, stepStarted, writes } from '../recorder/recorder-fixtures.ts';
import { chunk, FLUSH_MS, openSlowRecord } from './recording-fixtures.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a recording thread that dies', () => {
  function openDying() {
    const settled: (string | null)[] = [];
    const part = (name: string) => ({
      take: () => (settled.length === 0 ? [] : null),
      settle: (error: Error | null) => settled.push(error && `${name}: ${error.message}`),
    });
    const stage = openSlowRecord();
    stage.recorder.join({
      responses: { ...part('responses'), take: () => ({ responses: [], aliases: [] }) },
      evidence: part('evidence'),
    });
    return { ...stage, settled };
  }

  it('is told once; what was on its way waits again where it came from, and nobody waits for the rest', async () => {
    const { recorder, observe, die, settled, troubles } = openDying();
    observe(stepStarted());
    const flushed = recorder.flush();
    die();
    die();
    expect(await flushed).toBe(false);
    expect(settled).toEqual(['responses: gone', 'evidence: gone']);
    const trouble = 'Nothing is recorded any more: the recording thread ended (gone). Restart Deltascope.';
    expect([recorder.trouble(), troubles]).toEqual([trouble, [[trouble, 0]]]);
    expect(await recorder.flush()).toBe(false);
    await recorder.close();
  });

  it('leaves nothing that grows: streams go on, and only their steps are counted', () => {
    const { recorder, observe, die, messages, queue } = openDying();
    observe(stepStarted());
    vi.advanceTimersByTime(FLUSH_MS);
    die();
    const sentBefore = messages.length;
    const large = chunk(0, 5_000_000);
    for (let i = 0; i < 100; i++) observe(large, ...writes('step_1', [{ type: 'x' }]), stepEnded(), stepStarted({ stepId: `step_${i}` }));
    recorder.addFindings('step_1', []);
    recorder.linkGateway({ stepId: 'step_1', gatewayStep: null });
    recorder.wake();
    vi.advanceTimersByTime(10 * FLUSH_MS);
    expect([messages.length, queue.length, vi.getTimerCount()]).toEqual([sentBefore, 1, 0]);
    expect(recorder.trouble()).toMatch(/ended \(gone\)\. Restart Deltascope\. 100 steps are missing from the record\.$/);
  });
});
