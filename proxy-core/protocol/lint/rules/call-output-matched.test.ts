import { describe, expect, it } from 'vitest';
import { textStream } from '../example-streams.ts';
import { runCase } from '../run-case.ts';
import { callOutputMatched } from './call-output-matched.ts';

describe('call-output-matched', () => {
  it('is silent on its good example', () => {
    expect(runCase(callOutputMatched.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(callOutputMatched.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['call-output-matched']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: null });
  });

  const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{}' };
  const output = { type: 'function_call_output', call_id: 'call_1', output: '' };
  const rulesOf = (request: object, session = {}): string[] =>
    runCase({ events: textStream(), request: { model: 'm', ...request }, session }).map(({ rule }) => rule);

  it('finds a call without its output', () => {
    expect(rulesOf({ input: [call] })).toEqual(['call-output-matched']);
  });

  it('looks for the call in the chain, and stays silent when the chain is not known', () => {
    const chain = { callIds: new Set(['call_1']), answered: new Set<string>() };
    const callsOfChain = () => chain;
    expect(rulesOf({ previous_response_id: 'resp_0', input: [output] }, { callsOfChain })).toEqual([]);
    expect(rulesOf({ previous_response_id: 'resp_0', input: [{ ...output, call_id: 'call_9' }, output] }, { callsOfChain })).toEqual([
      'call-output-matched',
    ]);
    expect(rulesOf({ previous_response_id: 'resp_0', input: 'Hi' }, { callsOfChain })).toEqual(['call-output-matched']);
    expect(rulesOf({ previous_response_id: 'resp_0', input: [output] })).toEqual([]);
    expect(rulesOf({ conversation: 'conv_1', input: [output] })).toEqual([]);
  });

  it('follows references to calls', () => {
    const input = [{ type: 'item_reference', id: 'fc_1' }, output];
    expect(rulesOf({ input }, { callIdOfItem: () => 'call_1' })).toEqual([]);
    expect(rulesOf({ input })).toEqual([]);
  });

  it('finds an output without a call_id, whatever the chain', () => {
    expect(rulesOf({ previous_response_id: 'resp_0', input: [{ ...output, call_id: '' }] })).toEqual(['call-output-matched']);
  });

  it('believes the server where the chain is not known', () => {
    const request = { model: 'm', previous_response_id: 'resp_0', input: [output] };
    const body = { error: { message: 'No tool call found for function call output with call_id call_1.' } };
    expect(runCase({ events: [], request, end: { answer: { status: 400, body } } })).toMatchObject([
      { rule: 'call-output-matched', actual: 'call_1' },
    ]);
  });
});
