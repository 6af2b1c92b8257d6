import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { partDone } from './part-done.ts';

describe('part-done', () => {
  it('is silent on its good example', () => {
    expect(runCase(partDone.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(partDone.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['part-done']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 7 });
  });
});
