import { describe, expect, it } from 'vitest';
import { toFinding } from './example-rows.ts';
import { countFaults, groupByRule } from './findings.ts';

describe('findings', () => {
  const findings = [toFinding('a', 1, { severity: 'warning' }), toFinding('b', 1), toFinding('c', 1), toFinding('c', 2)];
  it('groups by rule, errors first, most first', () => {
    expect(groupByRule(findings).map(({ rule, count }) => `${rule} ${count}`)).toEqual(['c 2', 'b 1', 'a 1']);
  });
  it('counts rules with errors as faults, not findings', () => expect(countFaults(findings)).toBe(2));
});
