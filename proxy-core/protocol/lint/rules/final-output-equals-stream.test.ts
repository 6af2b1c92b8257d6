import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { finalOutputEqualsStream } from './final-output-equals-stream.ts';

describe('final-output-equals-stream', () => {
  it('is silent on its good example', () => {
    expect(runCase(finalOutputEqualsStream.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(finalOutputEqualsStream.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['final-output-equals-stream']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 9 });
  });
});
