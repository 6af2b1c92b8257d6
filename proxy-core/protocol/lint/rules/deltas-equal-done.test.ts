import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { deltasEqualDone } from './deltas-equal-done.ts';

describe('deltas-equal-done', () => {
  it('is silent on its good example', () => {
    expect(runCase(deltasEqualDone.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(deltasEqualDone.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['deltas-equal-done']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 6 });
  });
});
