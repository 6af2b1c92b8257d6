/** What every response store must do; run over each of them (`*-response-store.test.ts`). */
import { describe, expect, it } from 'vitest';
import { storedItem, storedResponse } from './response-store.contract.fixtures.ts';
import type { ResponseStore } from './response-store.ts';

export function describeResponseStore(name: string, createStore: () => ResponseStore): void {
  describe(name, () => {
    it('gives a response back as it was begun', () => {
      const store = createStore();
      store.begin(storedResponse('resp_a'), []);
      expect(store.getResponse('resp_a')).toEqual(storedResponse('resp_a'));
      expect(store.getResponse('resp_b')).toBeUndefined();
    });

    it('keeps long requests and items whole', () => {
      const store = createStore();
      const text = 'Grüße 👋 '.repeat(2_000);
      const request = { model: 'm', input: text };
      const item = { type: 'message', id: 'msg_a', content: [{ type: 'output_text', text }] };
      store.begin(storedResponse('resp_a', { request }), []);
      store.addOutputItem(storedItem('msg_a', 'resp_a', { item }));
      expect(store.getResponse('resp_a')?.request).toEqual(request);
      expect(store.getItem('msg_a')?.item).toEqual(item);
    });

    it('gives items in order, input first', () => {
      const store = createStore();
      const input = [1, 0].map((position) => storedItem(`msg_in_${position}`, 'resp_a', { direction: 'input', position }));
      store.begin(storedResponse('resp_a'), input);
      store.addOutputItem(storedItem('msg_1', 'resp_a', { position: 1 }));
      store.addOutputItem(storedItem('rs_0', 'resp_a', { position: 0 }));
      expect(store.getItems('resp_a').map((item) => item.id)).toEqual(['msg_in_0', 'msg_in_1', 'rs_0', 'msg_1']);
      expect(store.getItems('resp_b')).toEqual([]);
    });

    it('keeps what the upstream kind left for replay', () => {
      const store = createStore();
      const replay = { kind: 'anthropic' as const, model: 'claude', data: { blocks: [{ type: 'thinking', signature: 's' }] } };
      store.begin(storedResponse('resp_a'), []);
      store.addOutputItem(storedItem('rs_a', 'resp_a', { replay }));
      expect(store.getItem('rs_a')?.replay).toEqual(replay);
      expect(store.getItem('rs_a')).toEqual(storedItem('rs_a', 'resp_a', { replay }));
    });

    it('finishes a response', () => {
      const store = createStore();
      store.begin(storedResponse('resp_a'), []);
      store.finish('resp_a', { status: 'completed', response: { id: 'resp_a', output: [] }, upstreamId: 'msg_01' });
      expect(store.getResponse('resp_a')).toEqual(
        storedResponse('resp_a', { status: 'completed', response: { id: 'resp_a', output: [] }, upstreamId: 'msg_01' }),
      );
    });

    it('finds an item by its global id, the newest when an upstream used it twice', () => {
      const store = createStore();
      for (const responseId of ['resp_a', 'resp_b']) {
        store.begin(storedResponse(responseId), []);
        store.addOutputItem(storedItem('msg_same', responseId));
      }
      expect(store.getItem('msg_same')?.responseId).toBe('resp_b');
      expect(store.getItem('msg_other')).toBeUndefined();
    });

    it('finds the newest call by its call_id, and no outputs or inputs', () => {
      const store = createStore();
      const call = (id: string, direction: 'input' | 'output', type = 'function_call') => ({
        id,
        direction,
        item: { type, id, call_id: 'call_x', name: 'f', arguments: '{}' },
      });
      store.begin(storedResponse('resp_a'), [storedItem('', 'resp_a', { ...call('fc_in', 'input') })]);
      expect(store.getCall('call_x')).toBeUndefined();
      store.addOutputItem(storedItem('', 'resp_a', call('fc_1', 'output')));
      store.begin(storedResponse('resp_b', { isApiVisible: false }), []);
      store.addOutputItem(storedItem('', 'resp_b', call('ctc_2', 'output', 'custom_tool_call')));
      store.addOutputItem(storedItem('', 'resp_b', call('fco_3', 'output', 'function_call_output')));
      expect(store.getCall('call_x')?.id).toBe('ctc_2');
    });

    it('prefers the call of the session that asks', () => {
      const store = createStore();
      for (const session of ['sess_1', 'sess_2']) {
        store.begin(storedResponse(`resp_${session}`, { sessionId: session }), []);
        const item = { type: 'function_call', id: `fc_${session}`, call_id: 'call_0', name: 'f', arguments: '{}' };
        store.addOutputItem(storedItem(item.id, `resp_${session}`, { item }));
      }
      expect(store.getCall('call_0', 'sess_1')?.id).toBe('fc_sess_1');
      expect(store.getCall('call_0', 'sess_2')?.id).toBe('fc_sess_2');
      expect(store.getCall('call_0', 'sess_3')?.id).toBe('fc_sess_2');
    });

    it('keeps invisible responses for the debugger and hides their items', () => {
      const store = createStore();
      store.begin(storedResponse('resp_a', { isApiVisible: false }), []);
      store.addOutputItem(storedItem('msg_a', 'resp_a'));
      expect(store.getResponse('resp_a')?.isApiVisible).toBe(false);
      expect(store.getItem('msg_a')).toBeUndefined();
      expect(store.getItem('msg_a', { includeInvisible: true })?.id).toBe('msg_a');
      expect(store.getItems('resp_a')).toHaveLength(1);
    });

    it('hides a response once', () => {
      const store = createStore();
      store.begin(storedResponse('resp_a'), []);
      store.addOutputItem(storedItem('msg_a', 'resp_a'));
      expect(store.hideResponse('resp_a')).toBe(true);
      expect(store.hideResponse('resp_a')).toBe(false);
      expect(store.hideResponse('resp_unknown')).toBe(false);
      expect(store.getResponse('resp_a')?.isApiVisible).toBe(false);
      expect(store.getItem('msg_a')).toBeUndefined();
    });

    it('resolves foreign ids', () => {
      const store = createStore();
      store.begin(storedResponse('resp_a'), []);
      store.addAlias('chatcmpl-1', 'resp_a');
      expect(store.resolveAlias('chatcmpl-1')).toBe('resp_a');
      expect(store.resolveAlias('chatcmpl-2')).toBeUndefined();
    });
  });
}
