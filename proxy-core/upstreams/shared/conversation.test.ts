import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../protocol/json.ts';
import type { BridgeRequest } from '../upstream.ts';
import { arrangeConversation, type Turn } from './conversation.ts';

const user = (text: string) => ({ type: 'message', role: 'user', content: text });
const assistant = (text: string) => ({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] });
const call = (id: string, name = 'get_weather', args = '{}') => ({ type: 'function_call', call_id: id, name, arguments: args });
const output = (id: string, text = `result of ${id}`) => ({ type: 'function_call_output', call_id: id, output: text });

function requestOf(items: (JsonObject & { type: string })[], body: JsonObject = {}): BridgeRequest {
  const entries = items.map((item) => ({ item, source: 'input' as const }));
  return { model: 'm', body, items: entries, tools: [], toolChoice: { type: 'auto' } };
}

/** Turns as short lines: `assistant: call a`, `user: =a, hello`. */
function outline(turns: Turn[]): string[] {
  return turns.map((turn) => {
    const results = turn.role === 'user' ? turn.results.map(({ callId, output }) => `=${callId}${output ? '' : ' missing'}`) : [];
    const items = turn.items.map(({ item }) => {
      if (item.type === 'function_call') return `call ${String(item.call_id)}`;
      return typeof item.content === 'string' ? item.content : item.type;
    });
    return `${turn.role}: ${[...results, ...items].join(', ')}`;
  });
}

describe('arrangeConversation', () => {
  it('splits instructions and leading system items off and leaves later ones in place', () => {
    const system = { type: 'message', role: 'system', content: 'S' };
    const developer = { type: 'message', role: 'developer', content: 'D' };
    const arranged = arrangeConversation(requestOf([system, developer, user('hi'), system], { instructions: 'I' }));
    expect(arranged.system.map((entry) => [entry.source, entry.content])).toEqual([
      ['instructions', 'I'],
      ['system', 'S'],
      ['developer', 'D'],
    ]);
    expect(outline(arranged.turns)).toEqual(['user: hi, S']);
  });

  it('puts parallel results into one user turn in call order (pitfall 14)', () => {
    const { turns } = arrangeConversation(requestOf([user('q'), call('a'), call('b'), output('b'), output('a')]));
    expect(outline(turns)).toEqual(['user: q', 'assistant: call a, call b', 'user: =a, =b']);
  });

  it('puts text between two outputs behind the results (pitfall 13)', () => {
    const { turns } = arrangeConversation(requestOf([call('a'), call('b'), output('a'), user('wait'), output('b')]));
    expect(outline(turns)).toEqual(['assistant: call a, call b', 'user: =a, =b, wait']);
  });

  it('keeps a call whose output comes after more assistant text (pitfall 15)', () => {
    const { turns } = arrangeConversation(requestOf([call('a'), assistant('Let me see.'), output('a')]));
    expect(outline(turns)).toEqual(['assistant: call a, message', 'user: =a']);
  });

  it('fetches an output that stands behind a later assistant message', () => {
    const { turns } = arrangeConversation(
      requestOf([call('a'), call('b'), output('a'), assistant('Half.'), output('b'), call('c'), output('c')]),
    );
    expect(outline(turns)).toEqual(['assistant: call a, call b', 'user: =a, =b', 'assistant: message, call c', 'user: =c']);
  });

  it('keeps steps of a loop apart', () => {
    const { turns } = arrangeConversation(requestOf([user('q'), call('a'), output('a'), call('b'), output('b'), assistant('Done.')]));
    expect(outline(turns)).toEqual(['user: q', 'assistant: call a', 'user: =a', 'assistant: call b', 'user: =b', 'assistant: message']);
  });

  it('keeps the first of two equal calls and the last of two outputs, with warnings', () => {
    const arranged = arrangeConversation(requestOf([call('a'), call('a'), output('a', 'old'), output('a', 'new')]));
    expect(outline(arranged.turns)).toEqual(['assistant: call a', 'user: =a']);
    const turn = arranged.turns[1];
    expect(turn?.role === 'user' && turn.results[0]?.output?.item.output).toBe('new');
    expect(arranged.warnings.map((warning) => warning.code)).toEqual(['duplicate_call_id', 'duplicate_call_output']);
  });

  it('tells two different calls of one id apart (pitfall 32)', () => {
    const items = [call('call_0', 'x'), output('call_0', 'one'), call('call_0', 'y'), output('call_0', 'two')];
    const arranged = arrangeConversation(requestOf(items));
    expect(outline(arranged.turns)).toEqual(['assistant: call call_0', 'user: =call_0', 'assistant: call call_0_2', 'user: =call_0_2']);
    expect(arranged.warnings.map((warning) => warning.code)).toEqual(['call_id_renamed']);
  });

  it('marks a call without output and keeps an output without call as a user item', () => {
    const { turns } = arrangeConversation(requestOf([output('x'), call('a')]));
    expect(outline(turns)).toEqual(['user: function_call_output', 'assistant: call a', 'user: =a missing']);
  });
});
