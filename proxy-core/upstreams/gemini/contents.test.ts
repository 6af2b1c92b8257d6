import { describe, expect, it } from 'vitest';
import { encodeEnvelope } from '../shared/reasoning-envelope.ts';
import type { ConversationItem } from '../upstream.ts';
import { toEnvelope } from './replay.ts';
import { MODEL_25, MODEL_3, assistant, build, call, output, reasoning, textOf, user, withReplay, type Item } from './request-playbook.ts';

describe('gemini request: conversation', () => {
  it('joins instructions and leading system items into the system instruction', () => {
    const { body, warnings } = build(
      [
        { type: 'message', role: 'system', content: 'S' },
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'D' }] },
        user('hi'),
      ],
      { body: { instructions: 'I' } },
    );
    expect(body.systemInstruction).toEqual({ parts: [{ text: 'I\n\nS\n\nD' }] });
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'hi' }] }]);
    expect(warnings).toEqual([]);
  });

  it('marks a later system message as user text behind the tool responses', () => {
    const { body, codes } = build([user('q'), call('a'), { type: 'message', role: 'system', content: 'Be brief.' }, output('a')]);
    expect(body.contents[2]?.parts).toEqual([
      { functionResponse: { id: 'a', name: 'get_weather', response: { output: 'sunny' } } },
      { text: '<system-reminder>\nBe brief.\n</system-reminder>' },
    ]);
    expect(codes).toEqual(['system_moved']);
  });

  it('replays parallel calls in one model content and their responses in one user content (pitfall 34, 14)', () => {
    const { body } = build(
      [
        user('q'),
        reasoning([{ sig: 'SIG', at: 'functionCall' }]),
        call('a'),
        call('b', 'get_time', '{}'),
        output('b', 'B'),
        output('a', 'A'),
      ],
      { model: MODEL_3 },
    );
    expect(body.contents).toEqual([
      { role: 'user', parts: [{ text: 'q' }] },
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'a', name: 'get_weather', args: { city: 'Rome' } }, thoughtSignature: 'SIG' },
          { functionCall: { id: 'b', name: 'get_time', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'a', name: 'get_weather', response: { output: 'A' } } },
          { functionResponse: { id: 'b', name: 'get_time', response: { output: 'B' } } },
        ],
      },
    ]);
  });

  it('puts text between two outputs behind the responses (pitfall 13)', () => {
    const { body } = build([user('q'), call('a'), call('b'), output('a'), user('wait'), output('b')]);
    expect(body.contents[2]?.parts.map((part) => part.text ?? part.functionResponse?.id)).toEqual(['a', 'b', 'wait']);
  });

  it('keeps a call whose output comes behind more text of the model (pitfall 15)', () => {
    const { body } = build([user('q'), call('a'), assistant('Let me see.'), output('a')]);
    expect(body.contents[1]?.parts.map((part) => part.text ?? part.functionCall?.id)).toEqual(['a', 'Let me see.']);
  });

  it('takes the name of a function response from its call, which may be in the chain only (pitfall 35)', () => {
    const chained: ConversationItem = { item: call('a', 'from_chain'), source: 'chain' };
    const { body } = build([{ item: user('q'), source: 'chain' }, chained, output('a')]);
    expect(body.contents[2]?.parts[0]?.functionResponse?.name).toBe('from_chain');
  });

  it('tells two calls of one id in two answers apart (pitfall 32)', () => {
    const { body, codes, callIds } = build([
      user('q'),
      call('call_0', 'x'),
      output('call_0', '1'),
      user('again'),
      call('call_0', 'y'),
      output('call_0', '2'),
    ]);
    const ids = body.contents.flatMap(({ parts }) => parts.flatMap((part) => part.functionCall?.id ?? part.functionResponse?.id ?? []));
    expect(ids).toEqual(['call_0', 'call_0', 'call_0_2', 'call_0_2']);
    expect(codes).toContain('call_id_renamed');
    expect(callIds).toBeUndefined();
  });

  it('takes a signature and illegal characters out of a foreign call id (pitfall 33)', () => {
    const foreign = 'call_x__thought__CpEB+/a=';
    const { body, callIds } = build([user('q'), call(foreign), call('b#1'), output(foreign), output('b#1')]);
    const ids = body.contents.flatMap(({ parts }) => parts.flatMap((part) => part.functionCall?.id ?? part.functionResponse?.id ?? []));
    expect(ids).toEqual(['call_x', 'b_1', 'call_x', 'b_1']);
    expect(callIds).toEqual({ call_x: foreign, b_1: 'b#1' });
  });

  it('gives Gemini its own call id back where the store knows it', () => {
    const { body } = build([user('q'), withReplay(call('call_minted'), { id: 'g1' }), output('call_minted')]);
    expect(body.contents[1]?.parts[0]?.functionCall?.id).toBe('g1');
    expect(body.contents[2]?.parts[0]?.functionResponse?.id).toBe('g1');
  });

  it('sends custom tool calls as functions with an input', () => {
    const custom: Item = { type: 'custom_tool_call', call_id: 'c', name: 'apply_patch', input: '*** Begin' };
    const { body } = build([user('q'), custom, { type: 'custom_tool_call_output', call_id: 'c', output: 'ok' }]);
    expect(body.contents[1]?.parts[0]?.functionCall).toEqual({ id: 'c', name: 'apply_patch', args: { input: '*** Begin' } });
    expect(body.contents[2]?.parts[0]?.functionResponse?.response).toEqual({ output: 'ok' });
  });

  it('keeps arguments that are no object where the model sees them, and takes none for an empty object (pitfall 30)', () => {
    const { body, codes } = build([
      user('q'),
      call('a', 'x', '{"cut'),
      call('b', 'x', ''),
      output('a'),
      output('b', 'no', { status: 'incomplete' }),
    ]);
    expect(body.contents[1]?.parts.map((part) => part.functionCall?.args)).toEqual([{ _invalid_arguments: '{"cut' }, {}]);
    expect(body.contents[2]?.parts[1]?.functionResponse?.response).toEqual({ error: 'no' });
    expect(codes).toEqual(['invalid_arguments']);
  });

  it('leaves blank text out and never sends an empty content (pitfall 16)', () => {
    const { body } = build([user(' '), assistant('\n'), user('hi'), assistant(''), user('')]);
    expect(textOf(body)).toEqual(['user: hi']);
    expect(textOf(build([user('')]).body)).toEqual(['user: (empty)']);
    expect(build([user('q'), call('a'), output('a', '')]).body.contents[2]?.parts[0]?.functionResponse?.response).toEqual({ output: '' });
  });

  it('begins and ends with the user', () => {
    const { body, codes } = build([assistant('Hello.'), user('hi'), assistant('Well,')]);
    expect(textOf(body)).toEqual(['user: (conversation continues)', 'model: Hello.', 'user: hi', 'model: Well,', 'user: Continue.']);
    expect(codes).toEqual(['user_turn_added', 'user_turn_added']);
  });

  it('warns of items that Gemini has nothing for', () => {
    const { body, codes } = build([user('q'), { type: 'web_search_call', id: 'ws_1' }, user('and?')]);
    expect(textOf(body)).toEqual(['user: q | and?']);
    expect(codes).toEqual(['item_dropped']);
  });
});

describe('gemini request: thought signatures', () => {
  const turn = (...before: (Item | ConversationItem)[]) => [user('q'), ...before, output('a')];

  it('puts the signature of the reasoning item on the call behind it', () => {
    const { body, codes } = build(turn(reasoning([{ sig: 'S', at: 'functionCall' }]), call('a')), { model: MODEL_3 });
    expect(body.contents[1]?.parts[0]?.thoughtSignature).toBe('S');
    expect(codes).toEqual([]);
  });

  it("restores it from the store's call when the client left the reasoning out (pitfall 18)", () => {
    const { body, codes } = build(turn(withReplay(call('a'), { signature: 'S' })), { model: MODEL_3 });
    expect(body.contents[1]?.parts[0]?.thoughtSignature).toBe('S');
    expect(codes).toEqual([]);
  });

  it('sends the placeholder on the first call of a turn when it is lost, with a warning, from Gemini 3 on', () => {
    const items = [user('q'), call('a'), call('b'), output('a'), output('b')];
    const { body, codes } = build(items, { model: MODEL_3 });
    expect(body.contents[1]?.parts.map((part) => part.thoughtSignature)).toEqual(['skip_thought_signature_validator', undefined]);
    expect(codes).toEqual(['thought_signature_missing']);
    expect(build(items, { model: MODEL_25 }).body.contents[1]?.parts.map((part) => part.thoughtSignature)).toEqual([undefined, undefined]);
  });

  it('drops reasoning of other providers, models and gateways with a warning (pitfall 20)', () => {
    for (const encrypted_content of [
      'gAAAA-openai',
      encodeEnvelope({ provider: 'anthropic', model: 'claude', blocks: [] }),
      toEnvelope(MODEL_25, [{ sig: 'S', at: 'functionCall' }]),
      undefined,
    ]) {
      const item: Item = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'secret' }], encrypted_content };
      const { body, codes } = build(turn(item, call('a')), { model: MODEL_3 });
      expect(codes).toEqual(['reasoning_dropped', 'thought_signature_missing']);
      expect(JSON.stringify(body)).not.toContain('secret');
    }
    const foreign = withReplay(call('a'), { signature: 'S' }, MODEL_25);
    expect(build(turn(foreign), { model: MODEL_3 }).codes).toEqual(['thought_signature_missing']);
  });

  it('gives text its signature back, on the part it came with', () => {
    const onText = build([user('q'), withReplay(assistant('Hi'), { signature: 'S', isTrailing: false }), user('more')], { model: MODEL_3 });
    expect(onText.body.contents[1]?.parts).toEqual([{ text: 'Hi', thoughtSignature: 'S' }]);
    const behind = build([user('q'), withReplay(assistant('Hi'), { signature: 'S', isTrailing: true }), user('more')], { model: MODEL_3 });
    expect(behind.body.contents[1]?.parts).toEqual([{ text: 'Hi' }, { text: '', thoughtSignature: 'S' }]);
  });

  it('replays signed thoughts as they were', () => {
    const { body } = build(
      [
        user('q'),
        reasoning([
          { sig: 'S', at: 'thought', text: 'Hm' },
          { sig: 'T', at: 'text' },
        ]),
        assistant('Hi'),
        user('more'),
      ],
      {
        model: MODEL_3,
      },
    );
    expect(body.contents[1]?.parts).toEqual([
      { text: 'Hm', thought: true, thoughtSignature: 'S' },
      { text: '', thoughtSignature: 'T' },
      { text: 'Hi' },
    ]);
  });
});
