import { describe, expect, it } from 'vitest';
import { createSessionMemory } from './session-memory.ts';

const call = { id: 'fc_1', type: 'function_call', call_id: 'call_1' };

describe('session memory', () => {
  it('knows which calls a chain still has to answer', () => {
    const memory = createSessionMemory();
    memory.begin('s', 0, { input: 'Hi' });
    memory.finish('s', { input: 'Hi' }, ['resp_1'], [call]);
    const request = { previous_response_id: 'resp_1', input: [{ type: 'function_call_output', call_id: 'call_1', output: '' }] };
    const facts = memory.begin('s', 1, request);
    expect(facts.callsOfChain?.('resp_1')).toEqual({ callIds: new Set(['call_1']), answered: new Set() });
    memory.finish('s', request, ['resp_2'], []);
    expect(memory.begin('s', 2, {}).callsOfChain?.('resp_2')).toEqual({ callIds: new Set(['call_1']), answered: new Set(['call_1']) });
    expect(facts.callsOfChain?.('resp_other')).toBeUndefined();
  });

  it('takes what the first request brings along as known', () => {
    const memory = createSessionMemory();
    memory.begin('s', 0, { input: [{ id: 'msg_before', role: 'assistant', content: 'Hi' }] });
    memory.finish('s', {}, ['resp_1'], [call]);
    const facts = memory.begin('s', 1, {});
    expect([facts.isKnownId?.('msg_before'), facts.isKnownId?.('fc_1'), facts.isKnownId?.('msg_x')]).toEqual([true, true, false]);
    expect([facts.responseOfItem?.('fc_1'), facts.callIdOfItem?.('fc_1'), facts.isComplete]).toEqual(['resp_1', 'call_1', true]);
  });

  it('does not claim to be complete for a session that it did not see from its first step', () => {
    expect(createSessionMemory().begin('s', 3, {}).isComplete).toBe(false);
  });

  it('asks the store for what it does not know itself', () => {
    const memory = createSessionMemory({ isItemStored: () => false, callIdOfItem: () => 'call_9' });
    const facts = memory.begin('s', 0, {});
    expect([facts.isItemStored?.('x'), facts.callIdOfItem?.('x')]).toEqual([false, 'call_9']);
  });

  it('forgets the sessions that were not used longest', () => {
    const memory = createSessionMemory();
    memory.begin('first', 0, {});
    memory.finish('first', {}, ['resp_1'], [call]);
    for (let index = 0; index < 250; index++) memory.begin(`s${index}`, 0, {});
    expect(memory.begin('first', 1, {}).responseOfItem?.('fc_1')).toBeUndefined();
  });
});
