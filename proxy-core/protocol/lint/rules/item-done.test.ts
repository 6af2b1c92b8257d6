import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { itemDone } from './item-done.ts';

describe('item-done', () => {
  it('is silent on its good example', () => {
    expect(runCase(itemDone.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(itemDone.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['item-done']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 8 });
  });
});
