import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { upstreamEndHonoured } from './upstream-end-honoured.ts';

describe('upstream-end-honoured', () => {
  it('is silent on its good example', () => {
    expect(runCase(upstreamEndHonoured.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(upstreamEndHonoured.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['upstream-end-honoured']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 9 });
  });
});
