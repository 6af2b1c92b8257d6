import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { itemIdAnnounced } from './item-id-announced.ts';

describe('item-id-announced', () => {
  it('is silent on its good example', () => {
    expect(runCase(itemIdAnnounced.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(itemIdAnnounced.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['item-id-announced']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 4 });
  });
});
