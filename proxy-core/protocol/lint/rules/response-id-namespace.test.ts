import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { responseIdNamespace } from './response-id-namespace.ts';

describe('response-id-namespace', () => {
  it('is silent on its good example', () => {
    expect(runCase(responseIdNamespace.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(responseIdNamespace.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['response-id-namespace']));
    expect(findings[0]).toMatchObject({ severity: 'warning', event: 0 });
  });
});
