import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { responseIdStable } from './response-id-stable.ts';

describe('response-id-stable', () => {
  it('is silent on its good example', () => {
    expect(runCase(responseIdStable.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(responseIdStable.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['response-id-stable']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 9 });
  });
});
