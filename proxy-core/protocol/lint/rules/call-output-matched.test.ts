import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { callOutputMatched } from './call-output-matched.ts';

describe('call-output-matched', () => {
  it('is silent on its good example', () => {
    expect(runCase(callOutputMatched.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(callOutputMatched.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['call-output-matched']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: null });
  });
});
