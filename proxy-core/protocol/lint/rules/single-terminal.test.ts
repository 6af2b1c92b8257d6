import { describe, expect, it } from 'vitest';
import { responseObject, textStream } from '../example-streams.ts';
import { runCase } from '../run-case.ts';
import { singleTerminal } from './single-terminal.ts';

describe('single-terminal', () => {
  it('is silent on its good example', () => {
    expect(runCase(singleTerminal.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(singleTerminal.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['single-terminal']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: null });
  });

  it('finds a second terminal event and whatever comes after the first', () => {
    const events = [...textStream(), ...textStream().slice(-1), { type: 'response.in_progress', response: responseObject('in_progress') }];
    expect(runCase({ events }).map(({ rule, event }) => `${rule} ${event}`)).toEqual(['single-terminal 10', 'single-terminal 11']);
  });

  it('finds a terminal event that no blank line ends', () => {
    const last = JSON.stringify({ ...textStream().at(-1), sequence_number: 9 });
    const events = [...textStream().slice(0, -1), { raw: last, isTerminated: false }];
    expect(runCase({ events }).map(({ rule, event }) => `${rule} ${event}`)).toEqual(['single-terminal 9']);
  });

  it('takes an error as the end, and does not blame the stream when the client left', () => {
    const error = { type: 'error', error: { type: 'server_error', code: 'server_error', message: 'no', param: null } };
    expect(runCase({ events: [...textStream().slice(0, 2), error] })).toEqual([]);
    expect(runCase({ events: textStream().slice(0, 5), end: { cause: 'client-gone' } })).toEqual([]);
  });

  it('says so when nothing came at all', () => {
    expect(runCase({ events: [] }).map(({ message }) => message)).toEqual([
      'The stream ends without any event, without response.completed, response.incomplete or response.failed.',
    ]);
  });
});
