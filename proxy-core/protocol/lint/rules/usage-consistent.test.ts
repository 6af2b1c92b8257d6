import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { usageConsistent } from './usage-consistent.ts';

describe('usage-consistent', () => {
  it('is silent on its good example', () => {
    expect(runCase(usageConsistent.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(usageConsistent.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['usage-consistent']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 9 });
  });
});
