import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { requiredFields } from './required-fields.ts';

describe('required-fields', () => {
  it('is silent on its good example', () => {
    expect(runCase(requiredFields.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(requiredFields.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['required-fields']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 4 });
  });
});
