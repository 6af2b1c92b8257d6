import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { usagePresent } from './usage-present.ts';

describe('usage-present', () => {
  it('is silent on its good example', () => {
    expect(runCase(usagePresent.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(usagePresent.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['usage-present']));
    expect(findings[0]).toMatchObject({ severity: 'warning', event: 9 });
  });
});
