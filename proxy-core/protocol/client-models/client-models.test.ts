import { describe, expect, it } from 'vitest';
import { judgeRun } from './judge-run.ts';
import { emptyRun } from './client-run.ts';
import { completeJson } from './partial-json.ts';
import { findPythonJsonError } from './python-json.ts';
import { readPythonEvents } from './python-sse.ts';
import { toRecordedEvents } from './recorded-event.ts';
import { readExpectedContent } from '../repair/expected-content.ts';

describe('what Python says about JSON', () => {
  it.each([
    ['', 'Expecting value: line 1 column 1 (char 0)'],
    ['{"city":"Paris', 'Unterminated string starting at: line 1 column 9 (char 8)'],
    ['{"a":1}{"a":1}', 'Extra data: line 1 column 8 (char 7)'],
    ['{"type":"x", oops', 'Expecting property name enclosed in double quotes: line 1 column 14 (char 13)'],
    ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
  ])('%s', (text, expected) => {
    expect(findPythonJsonError(text)).toBe(expected);
  });

  it('has nothing to say about JSON', () => {
    expect(findPythonJsonError('{"a":[1,"b"]}')).toBeUndefined();
  });
});

describe('how openai-python reads frames', () => {
  it('fails at a comment block once a frame had an id', () => {
    expect([...readPythonEvents('data: {}\n\n: ping\n\ndata: {}\n\n')]).toHaveLength(2);
    expect(() => [...readPythonEvents('id: 1\ndata: {}\n\n: ping\n\n')]).toThrow('JSONDecodeError: Expecting value');
  });

  it('never sees a last frame without its empty line', () => {
    expect([...readPythonEvents('data: {}\n\ndata: {}\n')]).toHaveLength(1);
  });

  it('raises what an object with an error says', () => {
    expect(() => [...readPythonEvents('data: {"type":"error","error":{"message":"boom"}}\n\n')]).toThrow('APIError: boom');
  });
});

describe('partial JSON', () => {
  it.each([
    ['{"city":"P', '{"city":"P"}'],
    ['{"a":1}{"a":2}', '{"a":1}'],
    ['', '{}'],
    ['y":"P', undefined],
    ['{"cit{"city":"Py":"Taris"}okyo"}', undefined],
  ])('takes %s for %s', (text, expected) => {
    expect(completeJson(text)).toBe(expected);
  });
});

describe('the judge', () => {
  const frame = (json: object) => ({ event: null, id: null, data: JSON.stringify(json), terminated: true });
  const part = (text: string) => ({ type: 'message', content: [{ type: 'output_text', text }] });
  const expected = (...events: object[]) => [readExpectedContent(toRecordedEvents(events.map(frame)))];
  const delta = { type: 'response.output_text.delta', output_index: 0, delta: 'Hi' };
  const completed = (text: string) => ({ type: 'response.completed', response: { output: [part(text)] } });
  const run = (text: string) => ({ ...emptyRun(), streamedText: text, finalText: text });

  it('is content with the text of the stream', () => {
    expect(judgeRun(run('Hi'), expected(delta, completed('Hi')))).toEqual({ outcome: 'ok', message: '' });
  });

  it('calls lost text wrong', () => {
    expect(judgeRun(run(''), expected(delta, completed('Hi')))).toEqual({
      outcome: 'wrong',
      message: 'streamed text lost; final text lost',
    });
  });

  it('accepts either side of a stream that contradicts itself', () => {
    const steps = expected(delta, completed('Bye'));
    expect(judgeRun(run('Hi'), steps).outcome).toBe('ok');
    expect(judgeRun(run('Bye'), steps).outcome).toBe('ok');
  });

  it('calls a quiet end of a cut stream wrong', () => {
    expect(judgeRun(run('Hi'), expected(delta)).message).toContain('the stream is cut');
  });

  it('calls a hidden failure wrong, a shown one an error', () => {
    const steps = expected(delta, { type: 'response.failed', response: { error: { message: 'boom' }, output: [] } });
    expect(judgeRun(run('Hi'), steps).outcome).toBe('wrong');
    expect(judgeRun({ ...run('Hi'), errors: ['boom'] }, steps)).toEqual({ outcome: 'error', message: 'boom' });
  });

  it('misses a call that was not carried out', () => {
    const item = { type: 'function_call', call_id: 'call_1', name: 'get', arguments: '{"a": 1}' };
    const steps = expected({ type: 'response.output_item.done', item }, { type: 'response.completed', response: { output: [item] } });
    expect(judgeRun(emptyRun(), steps).message).toBe('tool call lost');
    expect(judgeRun({ ...emptyRun(), calls: [{ name: 'get', arguments: '{"a":1}' }] }, steps).outcome).toBe('ok');
  });
});
