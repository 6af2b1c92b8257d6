import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { callIdStable } from './call-id-stable.ts';

describe('call-id-stable', () => {
  it('is silent on its good example', () => {
    expect(runCase(callIdStable.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(callIdStable.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['call-id-stable']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 6 });
  });
});
