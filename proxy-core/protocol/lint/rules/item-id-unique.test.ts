import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { itemIdUnique } from './item-id-unique.ts';

describe('item-id-unique', () => {
  it('is silent on its good example', () => {
    expect(runCase(itemIdUnique.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(itemIdUnique.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['item-id-unique']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 6 });
  });
});
