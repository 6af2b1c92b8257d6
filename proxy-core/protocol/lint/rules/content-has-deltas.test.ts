import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { contentHasDeltas } from './content-has-deltas.ts';

describe('content-has-deltas', () => {
  it('is silent on its good example', () => {
    expect(runCase(contentHasDeltas.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(contentHasDeltas.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['content-has-deltas']));
    expect(findings[0]).toMatchObject({ severity: 'warning', event: 4 });
  });
});
