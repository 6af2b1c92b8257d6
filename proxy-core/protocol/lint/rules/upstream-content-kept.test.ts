import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { upstreamContentKept } from './upstream-content-kept.ts';

describe('upstream-content-kept', () => {
  it('is silent on its good example', () => {
    expect(runCase(upstreamContentKept.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(upstreamContentKept.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['upstream-content-kept']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: null });
  });
});
