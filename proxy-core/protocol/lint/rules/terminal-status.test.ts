import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { terminalStatus } from './terminal-status.ts';

describe('terminal-status', () => {
  it('is silent on its good example', () => {
    expect(runCase(terminalStatus.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(terminalStatus.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['terminal-status']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 9 });
  });
});
