import { describe, expect, it } from 'vitest';
import { textStream } from '../example-streams.ts';
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

  const request = { model: 'm', input: 'Hi', previous_response_id: 'resp_0' };
  const error = (message: string, code: string | null = null) => ({
    error: { message, type: 'invalid_request_error', param: 'previous_response_id', code },
  });

  it('believes the answer of the upstream', () => {
    for (const body of [error('Previous response with id resp_0 not found.'), error('x', 'previous_response_not_found')]) {
      expect(runCase({ events: [], request, end: { answer: { status: 400, body } } }).map(({ rule, hop }) => `${rule} ${hop}`)).toEqual([
        'previous-response-resolves client',
      ]);
    }
  });

  it('is silent about other errors, and when nobody says anything', () => {
    expect(
      runCase({ events: [], request, end: { answer: { status: 400, body: { error: { message: 'model not found', param: 'model' } } } } }),
    ).toEqual([]);
    expect(runCase({ events: textStream(), request })).toEqual([]);
  });
});
