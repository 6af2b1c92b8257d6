import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { inputIdsUnique } from './input-ids-unique.ts';

describe('input-ids-unique', () => {
  it('is silent on its good example', () => {
    expect(runCase(inputIdsUnique.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(inputIdsUnique.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['input-ids-unique']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: null });
  });
});
