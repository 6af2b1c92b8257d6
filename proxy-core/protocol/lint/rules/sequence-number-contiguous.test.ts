import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { sequenceNumberContiguous } from './sequence-number-contiguous.ts';

describe('sequence-number-contiguous', () => {
  it('is silent on its good example', () => {
    expect(runCase(sequenceNumberContiguous.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(sequenceNumberContiguous.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['sequence-number-contiguous']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 4 });
  });
});
