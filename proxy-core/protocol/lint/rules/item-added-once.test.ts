import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { itemAddedOnce } from './item-added-once.ts';

describe('item-added-once', () => {
  it('is silent on its good example', () => {
    expect(runCase(itemAddedOnce.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(itemAddedOnce.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['item-added-once']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 2 });
  });
});
