import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { partAddedBeforeContent } from './part-added-before-content.ts';

describe('part-added-before-content', () => {
  it('is silent on its good example', () => {
    expect(runCase(partAddedBeforeContent.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(partAddedBeforeContent.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['part-added-before-content']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 3 });
  });
});
