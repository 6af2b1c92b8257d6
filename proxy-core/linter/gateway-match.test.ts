import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../protocol/json.ts';
import { toAnswerFacts, toRequestFacts } from './gateway-call-facts.ts';
import { matchAnswers, matchRequests, type OuterCall } from './gateway-match.ts';

const outer = (stepId: string, input: unknown, rest: Partial<OuterCall> & { body?: JsonObject } = {}): OuterCall => ({
  stepId,
  innerOf: undefined,
  order: 0,
  innerCount: 0,
  ...rest,
  facts: toRequestFacts({ model: 'claude', input, ...rest.body }, null),
});
const user = (text: string): JsonObject => ({ role: 'user', content: [{ type: 'input_text', text }] });
const anthropic = (...texts: string[]): JsonObject => ({
  model: 'claude-haiku-4-5',
  messages: texts.map((text, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content: [{ type: 'text', text }] })),
});
const match = (body: JsonObject, outers: OuterCall[], model: string | null = null) => matchRequests(toRequestFacts(body, model), outers);

describe('requests', () => {
  it('of every wire format are told by the last words of the user', () => {
    const outers = [outer('a', [user('Weather in  Paris?')]), outer('b', [user('Weather in Oslo?')])];
    const bodies: [string, JsonObject][] = [
      ['anthropic', anthropic('Weather in Oslo?')],
      [
        'openai-chat',
        {
          model: 'gpt-5',
          messages: [
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'Weather in Oslo?' },
          ],
        },
      ],
      ['gemini', { contents: [{ role: 'user', parts: [{ text: 'Weather in Oslo?' }] }] }],
      ['responses', { model: 'x', input: 'Weather in Oslo?' }],
    ];
    for (const [kind, body] of bodies) expect([kind, match(body, outers).outers]).toEqual([kind, ['b']]);
    expect(match(anthropic('Weather in Paris?'), outers)).toEqual({ outers: ['a'], reason: 'same prompt, same model' });
  });

  it('say nothing when the words are other ones: then all steps in flight are possible', () => {
    expect(match(anthropic('A poem about sand.'), [outer('a', 'Weather?'), outer('b', 'Weather?')])).toEqual({
      outers: ['a', 'b'],
      reason: null,
    });
  });

  it('do not take a prompt that only contains the words', () => {
    expect(match(anthropic('Write a title for: Weather?'), [outer('a', 'Weather?')]).reason).toBeNull();
  });

  it('without words are told by the ids of answered calls', () => {
    const result = { type: 'function_call_output', call_id: 'toolu_01', output: 'sunny' };
    const inner = { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_01', content: 'sunny' }] }] };
    const other = { ...result, call_id: 'toolu_02' };
    expect(match(inner, [outer('a', [other]), outer('b', [result])])).toEqual({ outers: ['b'], reason: 'same call ids' });
    const chat = { messages: [{ role: 'tool', tool_call_id: 'toolu_01', content: 'sunny' }] };
    expect(match(chat, [outer('a', [other]), outer('b', [result])]).outers).toEqual(['b']);
  });

  it('without words and ids are told by what the calls gave', () => {
    const result = (output: string) => [{ type: 'function_call_output', call_id: 'call_1__thought__SIG', output }];
    const inner = {
      contents: [{ role: 'user', parts: [{ functionResponse: { name: 'get_weather', response: { temp_c: 21, sky: 'sunny' } } }] }],
    };
    const outers = [outer('a', result('{"temp_c": 3, "sky": "grey"}')), outer('b', result('{"temp_c": 21, "sky": "sunny"}'))];
    expect(match(inner, outers)).toEqual({ outers: ['b'], reason: 'same tool outputs' });
    const short = { contents: [{ role: 'user', parts: [{ functionResponse: { name: 'save', response: { output: 'ok' } } }] }] };
    expect(match(short, [outer('a', result('ok'))]).reason).toBeNull();
  });

  it('of a loop are told by the number of outputs, whatever became of their ids', () => {
    const first = [user('Weather in Paris?')];
    const second = [...first, { type: 'function_call_output', call_id: 'call_1__thought__SIG', output: 'ok' }];
    const turns = [{ role: 'user', parts: [{ text: 'Weather in Paris?' }] }];
    const answered = [...turns, { role: 'user', parts: [{ function_response: { name: 'get_weather', response: { output: 'ok' } } }] }];
    const outers = [outer('first', first), outer('second', second)];
    expect(match({ contents: turns }, outers).outers).toEqual(['first']);
    expect(match({ contents: answered }, outers).outers).toEqual(['second']);
  });

  it('of the same last words are told by the turns before', () => {
    const longer = [user('Hello'), { role: 'assistant', content: 'Hi' }, user('Go on')];
    const outers = [outer('a', [user('Go on')]), outer('b', longer)];
    expect(match(anthropic('Hello', 'Hi', 'Go on'), outers).outers).toEqual(['b']);
    expect(match(anthropic('Go on'), outers).outers).toEqual(['a']);
  });

  it('of the same words are told by tools and model', () => {
    const tools = [{ type: 'function', name: 'get_weather' }];
    const outers = [outer('a', 'Go', { body: { tools: [{ type: 'function', name: 'other' }] } }), outer('b', 'Go', { body: { tools } })];
    expect(match({ ...anthropic('Go'), tools: [{ name: 'get_weather', input_schema: {} }] }, outers).outers).toEqual(['b']);
    const byModel = [outer('a', 'Go', { body: { model: 'gpt-5' } }), outer('b', 'Go', { body: { model: 'gemini-2.5-flash' } })];
    const gemini = { contents: [{ role: 'user', parts: [{ text: 'Go' }] }] };
    expect(match(gemini, byModel, 'gemini-2.5-flash').outers).toEqual(['b']);
  });

  it('that are equal go to the step that has no call yet, then to the earlier one', () => {
    const both = [outer('a', 'Go', { order: 1, innerCount: 1 }), outer('b', 'Go', { order: 2 })];
    expect(match(anthropic('Go'), both).outers).toEqual(['b', 'a']);
    expect(match(anthropic('Go'), [outer('b', 'Go', { order: 2 }), outer('a', 'Go', { order: 1 })]).outers).toEqual(['a', 'b']);
  });

  it('behind two gateways belong to the nearer one', () => {
    const chain = [outer('front', 'Go'), outer('behind', 'Go', { innerOf: 'front' })];
    expect(match(anthropic('Go'), chain).outers).toEqual(['behind']);
  });
});

describe('answers', () => {
  const anthropicAnswer = (text: string, callId?: string) =>
    toAnswerFacts([
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
      ...(callId === undefined
        ? []
        : [{ type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: callId, input: {} } }]),
    ]);
  const responses = (text: string, callId?: string) =>
    toAnswerFacts([
      ...[...text].map((delta) => ({ type: 'response.output_text.delta', output_index: 0, delta })),
      ...(callId === undefined
        ? []
        : [{ type: 'response.output_item.added', output_index: 1, item: { type: 'function_call', call_id: callId } }]),
    ]);

  it('are the same in whatever pieces they came, and when one lost its end', () => {
    const text = 'It is sunny in Paris today, and tomorrow it will rain.';
    expect(matchAnswers(anthropicAnswer(text), responses(text))).toMatchObject({ verdict: 'same', isCertain: true });
    expect(matchAnswers(anthropicAnswer(text), responses(text.slice(0, 24))).verdict).toBe('same');
  });

  it('are the same by a call id alone', () => {
    expect(matchAnswers(anthropicAnswer('', 'toolu_01'), responses('', 'toolu_01'))).toMatchObject({ verdict: 'same', isCertain: true });
  });

  it('of other words are different, also when single words are shared', () => {
    const sunny = anthropicAnswer('It is sunny in Paris today and the sky is blue.');
    expect(matchAnswers(sunny, responses('The dune walks on; it is grain upon grain in the sky.')).verdict).toBe('different');
  });

  it('of one word are compared by it, and never certain', () => {
    expect(matchAnswers(anthropicAnswer('Yes.'), responses('yes'))).toMatchObject({ verdict: 'same', isCertain: false });
    expect(matchAnswers(anthropicAnswer('No.'), responses('yes')).verdict).toBe('different');
  });

  it('that say nothing prove nothing', () => {
    expect(matchAnswers(anthropicAnswer(''), responses('It is sunny.')).verdict).toBe('unknown');
  });

  it('are read from whole JSON bodies, too', () => {
    const call = { type: 'tool_use', id: 'toolu_01', name: 'get_weather', input: { city: 'Paris' } };
    const inner = toAnswerFacts([{ type: 'message', content: [{ type: 'text', text: 'Let me look.' }, call] }]);
    const outerAnswer = toAnswerFacts([
      {
        object: 'response',
        output: [
          { type: 'message', content: [{ type: 'output_text', text: 'Let me look.' }] },
          { type: 'function_call', call_id: 'toolu_01', arguments: '{"city":"Paris"}' },
        ],
      },
    ]);
    expect(matchAnswers(inner, outerAnswer)).toMatchObject({ verdict: 'same', isCertain: true });
  });
});
