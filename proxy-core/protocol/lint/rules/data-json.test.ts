import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { dataJson } from './data-json.ts';

describe('data-json', () => {
  it('is silent on its good example', () => {
    expect(runCase(dataJson.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(dataJson.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['data-json']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 5 });
  });
});
