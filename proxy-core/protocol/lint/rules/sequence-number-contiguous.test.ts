import { describe, expect, it } from 'vitest';
import { responseObject, textStream } from '../example-streams.ts';
import { runCase } from '../run-case.ts';
import { sequenceNumberContiguous } from './sequence-number-contiguous.ts';

describe('sequence-number-contiguous', () => {
  it('is silent on its good example', () => {
    expect(runCase(sequenceNumberContiguous.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(sequenceNumberContiguous.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['sequence-number-contiguous']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 4 });
  });

  it('accepts the gap before an error, and a stream that resumes', () => {
    const created = { type: 'response.created', response: responseObject('in_progress') };
    const error = { type: 'error', sequence_number: 2, error: { type: 'server_error', code: 'server_error', message: 'no', param: null } };
    expect(runCase({ events: [created, error] })).toEqual([]);
    expect(
      runCase({
        events: textStream()
          .slice(2)
          .map((event, index) => ({ ...event, sequence_number: index + 2 })),
      }),
    ).toEqual([]);
  });

  it('lets events without a number account for a gap, but not for a step back', () => {
    const numbers = [0, null, null, 3, 4, 5, 6, 7, 8, 9];
    const numbered = (list: (number | null)[]) => textStream().map((event, index) => ({ ...event, sequence_number: list[index] }));
    expect(runCase({ events: numbered(numbers) }).map(({ rule }) => rule)).toEqual(['sequence-number-present']);
    expect(runCase({ events: numbered([...numbers.slice(0, 9), 1]) }).map(({ rule, event }) => `${rule} ${event}`)).toEqual([
      'sequence-number-present 1',
      'sequence-number-contiguous 9',
    ]);
  });
});
