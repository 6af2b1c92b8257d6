import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { argumentsJson } from './arguments-json.ts';

describe('arguments-json', () => {
  it('is silent on its good example', () => {
    expect(runCase(argumentsJson.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(argumentsJson.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['arguments-json']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 6 });
  });
});
