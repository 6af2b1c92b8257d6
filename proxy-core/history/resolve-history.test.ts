import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../protocol/json.ts';
import { createMemoryResponseStore } from '../sessions/memory-response-store.ts';
import type { ResponseStore, StoredResponse } from '../sessions/response-store.ts';
import { encodeCompaction } from './compaction.ts';
import { resolveHistory } from './resolve-history.ts';

type Item = JsonObject & { type: string; id: string };

const user = (text: string, id = `msg_user_${text}`): Item => ({ id, type: 'message', role: 'user', content: text });
const answer = (text: string, id = `msg_${text}`): Item => ({
  id,
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text }],
});
const thought = (id: string): Item => ({ id, type: 'reasoning', summary: [], encrypted_content: `cipher of ${id}` });
const call = (callId: string, extra: JsonObject = {}): Item => ({
  id: `fc_${callId}`,
  type: 'function_call',
  call_id: callId,
  name: 'get_weather',
  arguments: '{}',
  status: 'completed',
  ...extra,
});
const output = (callId: string, text = 'sunny'): JsonObject => ({ type: 'function_call_output', call_id: callId, output: text });
const reference = (id: string): JsonObject => ({ type: 'item_reference', id });

interface Saved extends Partial<StoredResponse> {
  id: string;
  input?: Item[];
  output?: Item[];
}

function save(store: ResponseStore, { input = [], output: made = [], ...fields }: Saved): void {
  const stored = {
    sessionId: 's',
    stepId: 't',
    previousResponseId: null,
    upstream: 'a',
    upstreamId: null,
    isApiVisible: true,
    request: {},
    response: null,
    createdAtUs: 0,
    ...fields,
  };
  store.begin(
    { ...stored, status: 'in_progress' },
    input.map((item, position) => ({ id: item.id, responseId: fields.id, direction: 'input', position, item })),
  );
  for (const [index, item] of made.entries())
    store.addOutputItem({ id: item.id, responseId: fields.id, direction: 'output', position: input.length + index, item });
  store.finish(fields.id, { status: fields.status ?? 'completed', response: {}, upstreamId: null });
}

function setUp(...saved: Saved[]) {
  const store = createMemoryResponseStore();
  for (const one of saved) save(store, one);
  let ids = 0;
  const resolve = (body: JsonObject) => resolveHistory(body, store, (prefix) => `${prefix}_new${++ids}`);
  const ask = (body: JsonObject) => resolve(body).items.map(({ item }) => item['id'] ?? `${item.type} ${String(item['call_id'])}`);
  return { store, resolve, ask };
}

describe('previous_response_id', () => {
  const loop: Saved = { id: 'resp_1', input: [user('hi')], output: [thought('rs_1'), call('c1')] };

  it('pitfall 11: leads to the whole conversation, also with nothing but a call output in the input', () => {
    const { ask } = setUp(loop);
    expect(ask({ previous_response_id: 'resp_1', input: [output('c1')] })).toEqual(['msg_user_hi', 'rs_1', 'fc_c1', 'fco_new1']);
  });

  it('pitfall 41: a branch does not see its siblings', () => {
    const { ask } = setUp(
      { id: 'resp_a', input: [user('a')], output: [answer('A')] },
      { id: 'resp_b', previousResponseId: 'resp_a', input: [user('b')], output: [answer('B')] },
    );
    expect(ask({ previous_response_id: 'resp_a', input: [user('c')] })).toEqual(['msg_user_a', 'msg_A', 'msg_user_c']);
    expect(ask({ previous_response_id: 'resp_b', input: [user('c')] })).toEqual([
      'msg_user_a',
      'msg_A',
      'msg_user_b',
      'msg_B',
      'msg_user_c',
    ]);
  });

  it.each([
    ['is unknown', {}],
    ['was made with store: false (pitfall 43)', { isApiVisible: false }],
  ])('is refused in OpenAI’s words when it %s', (_why, fields) => {
    const { resolve } = setUp({ id: 'resp_hidden', ...fields });
    const id = 'isApiVisible' in fields ? 'resp_hidden' : 'resp_other';
    expect(() => resolve({ previous_response_id: id, input: 'x' })).toThrow(
      expect.objectContaining({
        status: 400,
        code: 'previous_response_not_found',
        param: 'previous_response_id',
        message: `Previous response with id '${id}' not found.`,
      }),
    );
  });

  it('is refused when an ancestor was deleted or the response failed', () => {
    const { store, resolve } = setUp({ id: 'resp_a' }, { id: 'resp_b', previousResponseId: 'resp_a' }, { id: 'resp_f', status: 'failed' });
    store.hideResponse('resp_a');
    expect(() => resolve({ previous_response_id: 'resp_b', input: 'x' })).toThrow('not found');
    expect(() => resolve({ previous_response_id: 'resp_f', input: 'x' })).toThrow("status 'failed'");
  });

  it('leaves a copy in the input out when the chain holds the item', () => {
    const { resolve, ask } = setUp(loop);
    const body = { previous_response_id: 'resp_1', input: [reference('rs_1'), call('c1'), output('c1')] };
    expect(ask(body)).toEqual(['msg_user_hi', 'rs_1', 'fc_c1', 'fco_new1']);
    expect(resolve(body).warnings.map(({ code }) => code)).toEqual(['duplicate_item_dropped']);
  });

  it('drops a call that was cut in its arguments', () => {
    const { resolve } = setUp({
      id: 'resp_1',
      status: 'incomplete',
      input: [user('hi')],
      output: [call('c1', { status: 'incomplete', arguments: '{"ci' })],
    });
    const { items, warnings } = resolve({ previous_response_id: 'resp_1', input: 'go on' });
    expect(items).toHaveLength(2);
    expect(warnings.map(({ code }) => code)).toEqual(['incomplete_call_dropped']);
  });
});

describe('item references', () => {
  it('pitfall 17: are looked up by global id, with or without a chain', () => {
    const { ask, resolve } = setUp({ id: 'resp_1', input: [user('hi')], output: [thought('rs_1'), answer('Hm'), call('c1')] });
    const body = { input: [user('hi'), reference('rs_1'), reference('msg_Hm'), call('c1', { id: undefined }), output('c1')] };
    expect(ask(body)).toEqual(['msg_user_hi', 'rs_1', 'msg_Hm', 'fc_new1', 'fco_new2']);
    expect(resolve(body).ownInput.map(({ type }) => type)).not.toContain('item_reference');
  });

  it('that lead nowhere are refused with the item’s id', () => {
    expect(() => setUp().resolve({ input: [reference('rs_9')] })).toThrow(
      expect.objectContaining({ status: 404, param: 'input', message: expect.stringContaining("'rs_9'") }),
    );
  });
});

describe('calls and outputs', () => {
  it('pitfall 12: an output without its call is refused, never given an invented one', () => {
    expect(() => setUp().resolve({ input: [output('call_x')], tools: [{ type: 'function', name: 'first' }] })).toThrow(
      'No tool call found for function call output with call_id call_x.',
    );
  });

  it('a call that only the store knows is put back, with the parallel ones and their reasoning', () => {
    const { resolve } = setUp({ id: 'resp_1', input: [user('hi')], output: [thought('rs_1'), call('a'), call('b')] });
    const { items, warnings } = resolve({ input: [user('hi'), output('b'), output('a')] });
    expect(items.map(({ item }) => item['id'])).toEqual(['msg_user_hi', 'rs_1', 'fc_a', 'fc_b', 'fco_new1', 'fco_new2']);
    expect(warnings.map(({ code }) => code)).toEqual(['call_restored', 'reasoning_restored']);
  });

  it('a call without its output is refused', () => {
    expect(() => setUp().resolve({ input: [user('hi'), call('c1')] })).toThrow('No tool output found for function call c1.');
  });

  it('pitfall 15: text between a call and its output does not part them', () => {
    expect(setUp().ask({ input: [user('hi'), call('c1'), answer('wait'), output('c1')] })).toEqual([
      'msg_user_hi',
      'fc_c1',
      'msg_wait',
      'fco_new1',
    ]);
  });

  it('keeps the first of two equal calls and the last of two outputs', () => {
    const { resolve } = setUp();
    const { items, warnings } = resolve({
      input: [user('hi'), call('c1'), call('c1', { id: 'fc_again' }), output('c1', 'old'), output('c1', 'new')],
    });
    expect(items.map(({ item }) => item['output'] ?? item['id'])).toEqual(['msg_user_hi', 'fc_c1', 'new']);
    expect(warnings.map(({ code }) => code)).toEqual(['duplicate_call_dropped', 'duplicate_output_dropped']);
  });

  it('gives an output without call_id to the only open call', () => {
    const { resolve } = setUp();
    const { items, warnings } = resolve({ input: [user('hi'), call('c1'), { type: 'function_call_output', output: 'x' }] });
    expect(items.at(-1)?.item['call_id']).toBe('c1');
    expect(warnings.map(({ code }) => code)).toEqual(['call_id_added']);
  });
});

describe('reasoning that the client left out', () => {
  it('pitfall 18: comes back in its own place, before what it led to', () => {
    const { ask } = setUp({ id: 'resp_1', input: [user('hi')], output: [thought('rs_1'), answer('Hm'), thought('rs_2'), call('c1')] });
    const bare = { role: 'assistant', content: [{ type: 'output_text', text: 'Hm' }] };
    expect(ask({ input: [user('hi'), bare, call('c1', { id: undefined }), output('c1')] })).toEqual([
      'msg_user_hi',
      'rs_1',
      'msg_new1',
      'rs_2',
      'fc_new2',
      'fco_new3',
    ]);
  });

  it('is not put in twice when the client resent it under no id', () => {
    const { resolve } = setUp({ id: 'resp_1', input: [user('hi')], output: [thought('rs_1'), call('c1')] });
    const { items } = resolve({ input: [user('hi'), { ...thought('rs_1'), id: undefined }, call('c1'), output('c1')] });
    expect(items.filter(({ item }) => item.type === 'reasoning')).toHaveLength(1);
  });
});

describe('input', () => {
  it('takes a string, messages without a type, and untyped references', () => {
    const { ask, resolve } = setUp({ id: 'resp_1', output: [answer('A')] });
    expect(ask({ input: 'hi' })).toEqual(['msg_new1']);
    expect(
      resolve({
        input: [
          { role: 'user', content: 'x' },
          { id: 'msg_A', type: null },
        ],
      }).items.map(({ item }) => item.type),
    ).toEqual(['message', 'message']);
  });

  it('opens our own compaction and refuses another vendor’s', () => {
    const { resolve } = setUp();
    const own = { type: 'compaction', id: 'cmp_1', encrypted_content: encodeCompaction('They asked for the weather.') };
    expect(JSON.stringify(resolve({ input: [own, user('and now?')] }).items[0])).toContain('They asked for the weather.');
    expect(() => resolve({ input: [{ ...own, encrypted_content: 'gAAAA' }] })).toThrow(
      expect.objectContaining({ code: 'invalid_encrypted_content' }),
    );
  });
});
