import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { previousResponseResolves } from './previous-response-resolves.ts';

describe('previous-response-resolves', () => {
  it('is silent on its good example', () => {
    expect(runCase(previousResponseResolves.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(previousResponseResolves.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['previous-response-resolves']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: null });
  });
});
