import { describe, expect, it } from 'vitest';
import { textStream } from '../example-streams.ts';
import { runCase } from '../run-case.ts';
import { responseIdNamespace } from './response-id-namespace.ts';

describe('response-id-namespace', () => {
  it('is silent on its good example', () => {
    expect(runCase(responseIdNamespace.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(responseIdNamespace.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['response-id-namespace']));
    expect(findings[0]).toMatchObject({ severity: 'warning', event: 0 });
  });

  it('looks into encoded ids', () => {
    const rulesFor = (id: string): string[] => {
      const events = textStream().map((event) =>
        'response' in event ? { ...event, response: { ...(event['response'] as object), id } } : event,
      );
      return runCase({ events }).map(({ rule }) => rule);
    };
    // litellm:custom_llm_provider:anthropic;model_id:1;response_id:resp_1, and the same with chatcmpl-1
    expect(rulesFor('resp_bGl0ZWxsbTpjdXN0b21fbGxtX3Byb3ZpZGVyOmFudGhyb3BpYzttb2RlbF9pZDoxO3Jlc3BvbnNlX2lkOnJlc3BfMQ==')).toEqual([]);
    expect(rulesFor('resp_bGl0ZWxsbTpjdXN0b21fbGxtX3Byb3ZpZGVyOmFudGhyb3BpYzttb2RlbF9pZDoxO3Jlc3BvbnNlX2lkOmNoYXRjbXBsLTE=')).toEqual([
      'response-id-namespace',
    ]);
  });
});
