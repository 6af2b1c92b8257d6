import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { itemIdMatchesIndex } from './item-id-matches-index.ts';

describe('item-id-matches-index', () => {
  it('is silent on its good example', () => {
    expect(runCase(itemIdMatchesIndex.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(itemIdMatchesIndex.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['item-id-matches-index']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 3 });
  });
});
