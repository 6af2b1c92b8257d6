import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { itemReferenceResolves } from './item-reference-resolves.ts';

describe('item-reference-resolves', () => {
  it('is silent on its good example', () => {
    expect(runCase(itemReferenceResolves.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(itemReferenceResolves.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['item-reference-resolves']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: null });
  });
});
