import { describe, expect, it } from 'vitest';
import { toFinding } from './example-rows.ts';
import { findLinked } from './linked-finding.ts';

const steps = [
  { findings: [toFinding('item-id-announced', 3), toFinding('usage-present', null)] },
  { findings: [toFinding('item-id-announced', 9), toFinding('event-name', 9), toFinding('item-done', 11)] },
];

describe('findLinked', () => {
  it("takes the link's rule among the findings of its event", () => {
    expect(findLinked(steps, { rule: 'event-name', step: 1, event: 9 })).toEqual({ step: 1, position: 1 });
  });
  it('takes no other finding when the event has none of that rule', () => {
    expect(findLinked(steps, { rule: 'item-done', step: 1, event: 9 })).toBeNull();
  });
  it('without an event: the first of the rule, in this step before the others', () => {
    expect(findLinked(steps, { rule: 'item-id-announced', step: 1, event: null })).toEqual({ step: 1, position: 0 });
    expect(findLinked(steps, { rule: 'usage-present', step: 1, event: null })).toEqual({ step: 0, position: 1 });
    expect(findLinked(steps, { rule: 'gone', step: 1, event: null })).toBeNull();
  });
});
