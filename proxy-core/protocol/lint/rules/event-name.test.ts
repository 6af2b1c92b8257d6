import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { eventName } from './event-name.ts';

describe('event-name', () => {
  it('is silent on its good example', () => {
    expect(runCase(eventName.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(eventName.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['event-name']));
    expect(findings[0]).toMatchObject({ severity: 'warning', event: 0 });
  });
});
