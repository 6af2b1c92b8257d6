import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { partIndexSequence } from './part-index-sequence.ts';

describe('part-index-sequence', () => {
  it('is silent on its good example', () => {
    expect(runCase(partIndexSequence.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(partIndexSequence.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['part-index-sequence']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 3 });
  });
});
