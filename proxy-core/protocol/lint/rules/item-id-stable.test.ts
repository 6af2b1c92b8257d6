import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { itemIdStable } from './item-id-stable.ts';

describe('item-id-stable', () => {
  it('is silent on its good example', () => {
    expect(runCase(itemIdStable.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(itemIdStable.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['item-id-stable']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 8 });
  });
});
