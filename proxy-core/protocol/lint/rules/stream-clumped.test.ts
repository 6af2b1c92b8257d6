import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { streamClumped } from './stream-clumped.ts';

describe('stream-clumped', () => {
  it('is silent on its good example', () => {
    expect(runCase(streamClumped.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(streamClumped.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['stream-clumped']));
    expect(findings[0]).toMatchObject({ severity: 'note', event: null });
  });
});
