import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { singleTerminal } from './single-terminal.ts';

describe('single-terminal', () => {
  it('is silent on its good example', () => {
    expect(runCase(singleTerminal.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(singleTerminal.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['single-terminal']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: null });
  });
});
