import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { nothingAfterDone } from './nothing-after-done.ts';

describe('nothing-after-done', () => {
  it('is silent on its good example', () => {
    expect(runCase(nothingAfterDone.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(nothingAfterDone.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['nothing-after-done']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 8 });
  });
});
