import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { outputIndexSequence } from './output-index-sequence.ts';

describe('output-index-sequence', () => {
  it('is silent on its good example', () => {
    expect(runCase(outputIndexSequence.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(outputIndexSequence.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['output-index-sequence']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 6 });
  });
});
