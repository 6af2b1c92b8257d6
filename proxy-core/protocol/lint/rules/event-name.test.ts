import { describe, expect, it } from 'vitest';
import { textStream } from '../example-streams.ts';
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

  it('is an error when the line says something else, for each event', () => {
    const events = textStream().map((event, index) => ({ raw: JSON.stringify({ ...event, sequence_number: index }), name: 'message' }));
    const findings = runCase({ events });
    expect(findings).toHaveLength(events.length);
    expect(new Set(findings.map(({ severity }) => severity))).toEqual(new Set(['error']));
  });

  it('mentions missing lines once and lists the events', () => {
    const events = textStream().map((event, index) => ({ raw: JSON.stringify({ ...event, sequence_number: index }), name: null }));
    expect(runCase({ events })).toMatchObject([{ event: 0, severity: 'warning', related: [1, 2, 3, 4, 5, 6, 7, 8, 9] }]);
  });
});
