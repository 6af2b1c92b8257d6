import { describe, expect, it } from 'vitest';
import { runCase } from '../run-case.ts';
import { knownEvent } from './known-event.ts';

describe('known-event', () => {
  it('is silent on its good example', () => {
    expect(runCase(knownEvent.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(knownEvent.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['known-event']));
    expect(findings[0]).toMatchObject({ severity: 'note', event: 4 });
  });
});
