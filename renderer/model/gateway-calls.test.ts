import { describe, expect, it } from 'vitest';
import type { Step } from '../../proxy-core/protocol/api/control-api.ts';
import { describeCall } from './gateway-calls.ts';

const STARTED_AT = 1_795_000_000_000_000;
const toCall = (change: Partial<Step>): Step =>
  ({ status: 'completed', httpStatus: 200, startedAt: STARTED_AT + 12_400, durationMs: 35, ...change }) as Step;

describe('describeCall', () => {
  it('says how it ended, when it began and how long it took', () => {
    expect(describeCall(toCall({}), { startedAt: STARTED_AT })).toBe('completed, at 12.4 ms for 35 ms');
    expect(describeCall(toCall({ status: 'failed', httpStatus: 529 }), { startedAt: STARTED_AT })).toBe(
      'failed, HTTP 529, at 12.4 ms for 35 ms',
    );
    expect(describeCall(toCall({ status: 'cancelled' }), { startedAt: STARTED_AT })).toContain('left, ');
  });
  it('leaves out the duration of one that still runs', () => {
    expect(describeCall(toCall({ status: 'streaming', durationMs: null }), { startedAt: STARTED_AT })).toBe('streaming, at 12.4 ms');
  });
});
