import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { sequenceNumberPresent } from './sequence-number-present.ts';

describe('sequence-number-present', () => {
  it('is silent on its good example', () => {
    expect(runCase(sequenceNumberPresent.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(sequenceNumberPresent.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['sequence-number-present']));
    expect(findings[0]).toMatchObject({ severity: 'warning', event: 4 });
  });
});
