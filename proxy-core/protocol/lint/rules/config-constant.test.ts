import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { configConstant } from './config-constant.ts';

describe('config-constant', () => {
  it('is silent on its good example', () => {
    expect(runCase(configConstant.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(configConstant.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['config-constant']));
    expect(findings[0]).toMatchObject({ severity: 'warning', event: 9 });
  });
});
