import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { itemIdNamespace } from './item-id-namespace.ts';

describe('item-id-namespace', () => {
  it('is silent on its good example', () => {
    expect(runCase(itemIdNamespace.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(itemIdNamespace.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['item-id-namespace']));
    expect(findings[0]).toMatchObject({ severity: 'warning', event: 2 });
  });
});
