import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { inputIdsKnown } from './input-ids-known.ts';

describe('input-ids-known', () => {
  it('is silent on its good example', () => {
    expect(runCase(inputIdsKnown.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(inputIdsKnown.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['input-ids-known']));
    expect(findings[0]).toMatchObject({ severity: 'warning', event: null });
  });
});
