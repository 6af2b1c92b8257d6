import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { itemsSequential } from './items-sequential.ts';

describe('items-sequential', () => {
  it('is silent on its good example', () => {
    expect(runCase(itemsSequential.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(itemsSequential.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['items-sequential']));
    expect(findings[0]).toMatchObject({ severity: 'warning', event: 3 });
  });
});
