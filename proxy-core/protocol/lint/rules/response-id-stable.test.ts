import { describe, expect, it } from 'vitest';
import { change, textStream } from '../example-streams.ts';
import { runCase } from '../run-case.ts';
import { responseIdStable } from './response-id-stable.ts';

describe('response-id-stable', () => {
  it('is silent on its good example', () => {
    expect(runCase(responseIdStable.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(responseIdStable.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['response-id-stable']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 9 });
  });

  it('decodes the id and says when it is the same response', () => {
    const id = 'resp_bGl0ZWxsbTpjdXN0b21fbGxtX3Byb3ZpZGVyOmFudGhyb3BpYzttb2RlbF9pZDoxO3Jlc3BvbnNlX2lkOnJlc3BfMQ==';
    const [finding] = runCase({ events: change(textStream(), 'response.completed', { response: { id } }) });
    expect(finding?.message).toContain(
      'It decodes to "litellm:custom_llm_provider:anthropic;model_id:1;response_id:resp_1", so it is the same response',
    );
  });
});
