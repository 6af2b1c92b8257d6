import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { callIdUnique } from './call-id-unique.ts';

describe('call-id-unique', () => {
  it('is silent on its good example', () => {
    expect(runCase(callIdUnique.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(callIdUnique.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['call-id-unique']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 6 });
  });
});
