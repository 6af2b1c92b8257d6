import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { responseCreatedFirst } from './response-created-first.ts';

describe('response-created-first', () => {
  it('is silent on its good example', () => {
    expect(runCase(responseCreatedFirst.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(responseCreatedFirst.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['response-created-first']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 0 });
  });
});
