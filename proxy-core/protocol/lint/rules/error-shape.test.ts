import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { errorShape } from './error-shape.ts';

describe('error-shape', () => {
  it('is silent on its good example', () => {
    expect(runCase(errorShape.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(errorShape.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['error-shape']));
    expect(findings[0]).toMatchObject({ severity: 'warning', event: 1 });
  });
});
