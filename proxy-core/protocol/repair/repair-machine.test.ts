import { describe, expect, it } from 'vitest';
import { asArray, asObject, type JsonObject } from '../json.ts';
import { createRepairMachine } from './repair-machine.ts';

const response = { id: 'resp_1', created_at: 1, model: 'm', status: 'in_progress', output: [] };
const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
const created = { type: 'response.created', response };
const completed = (output: unknown[] = []): JsonObject => ({
  type: 'response.completed',
  response: { ...response, status: 'completed', output, usage },
});
const delta = (itemId: string, text: string, more: JsonObject = {}): JsonObject => ({
  ...{ type: 'response.output_text.delta', item_id: itemId, output_index: 0, content_index: 0, delta: text },
  ...more,
});
const added = (item: JsonObject, index = 0): JsonObject => ({ type: 'response.output_item.added', output_index: index, item });
const done = (item: JsonObject, index = 0): JsonObject => ({ type: 'response.output_item.done', output_index: index, item });
const message = { id: 'msg_1', type: 'message', status: 'in_progress', content: [] };
const call = (id: string, callId: string, args = '', more: JsonObject = {}): JsonObject => ({
  ...{ id, type: 'function_call', status: args === '' ? 'in_progress' : 'completed', call_id: callId, name: 'get', arguments: args },
  ...more,
});
const args = (itemId: string, text: string, index = 0): JsonObject => ({
  ...{ type: 'response.function_call_arguments.delta', item_id: itemId, output_index: index, delta: text },
});

/** Plays a broken stream; `out` are all events, `per` those of each one that went in. */
function play(...events: JsonObject[]) {
  const machine = createRepairMachine({ createdAt: 7 });
  const per = events.map((json) =>
    machine.push({ type: String(json['type']), hasOwnType: true, name: null, json, data: JSON.stringify(json), isTerminated: true }),
  );
  per.push(machine.end());
  const out = per.flat();
  return { out, per, types: out.map((one) => String(one['type']).replace('response.', '')), machine };
}
const outputOf = (out: readonly JsonObject[]): JsonObject[] => asArray(asObject(out.at(-1)?.['response'])['output']).map(asObject);

describe('repair machine', () => {
  it('announces a message and its part before the first delta of an unannounced one', () => {
    const { per, types, out } = play(created, delta('chatcmpl-1', 'Hi'), completed());
    expect(per[1]?.map((one) => one['type'])).toEqual([
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
    ]);
    expect(types.slice(4)).toEqual(['output_text.done', 'content_part.done', 'output_item.done', 'completed']);
    expect(new Set(out.flatMap((one) => one['item_id'] ?? [])).size).toBe(1);
    expect(outputOf(out)[0]).toMatchObject({ type: 'message', status: 'completed', content: [{ text: 'Hi' }] });
  });

  it('gives every event the announced id, whatever id it came with', () => {
    const { out } = play(created, added(message), delta('gen-1', 'a'), delta('gen-2', 'b'), done({ ...message, id: 'gen-3' }), completed());
    expect(new Set(out.flatMap((one) => one['item_id'] ?? []))).toEqual(new Set(['msg_1']));
    expect(outputOf(out)).toMatchObject([{ id: 'msg_1', content: [{ text: 'ab' }] }]);
  });

  it('follows the id when id and index name different calls', () => {
    const { out } = play(
      created,
      added(call('fc_1', 'call_1'), 0),
      added(call('fc_2', 'call_2'), 1),
      args('fc_1', '{"a":1}', 1),
      args('fc_2', '{"a":2}', 0),
      completed(),
    );
    expect(outputOf(out).map((item) => item['arguments'])).toEqual(['{"a":1}', '{"a":2}']);
  });

  it('counts output_index anew when the stream reuses it', () => {
    const { out } = play(
      created,
      added(call('fc_1', 'call_1')),
      args('fc_1', '{}'),
      done(call('fc_1', 'call_1', '{}')),
      added(call('fc_2', 'call_2')),
      args('fc_2', '{}'),
      done(call('fc_2', 'call_2', '{}')),
      completed(),
    );
    expect(out.filter((one) => one['type'] === 'response.output_item.added').map((one) => one['output_index'])).toEqual([0, 1]);
  });

  it('keeps two calls apart whose deltas all have one foreign id', () => {
    const { out, machine } = play(
      created,
      added(call('fc_1', 'call_1')),
      args('chatcmpl-1', '{"a":1}'),
      done(call('fc_1', 'call_1', '{"a":1}')),
      added(call('fc_2', 'call_2'), 1),
      args('chatcmpl-1', '{"a":2}', 1),
      done(call('fc_2', 'call_2', '{"a":2}'), 1),
      completed(),
    );
    expect(outputOf(out).map((item) => item['arguments'])).toEqual(['{"a":1}', '{"a":2}']);
    expect(machine.unrepairable).toEqual([]);
  });

  it('tells two calls with one item id apart', () => {
    const { out } = play(
      created,
      added(call('fc_1', 'call_1')),
      args('fc_1', '{"a":1}'),
      done(call('fc_1', 'call_1', '{"a":1}')),
      added(call('fc_1', 'call_2'), 1),
      args('fc_1', '{"a":2}', 1),
      done(call('fc_1', 'call_2', '{"a":2}'), 1),
      completed(),
    );
    const output = outputOf(out);
    expect(new Set(output.map((item) => item['id'])).size).toBe(2);
    expect(output.map((item) => item['arguments'])).toEqual(['{"a":1}', '{"a":2}']);
  });

  it('holds a call back until its name is known, and loses none of its deltas', () => {
    const { per, out } = play(
      created,
      added(call('fc_1', 'call_1', '', { name: undefined })),
      args('fc_1', '{"a"'),
      args('fc_1', ':1}'),
      done(call('fc_1', 'call_1', '{"a":1}')),
      completed(),
    );
    expect(per.slice(1, 4).flat()).toEqual([]);
    expect(out.filter((one) => one['type'] === 'response.function_call_arguments.delta').map((one) => one['delta'])).toEqual([
      '{"a"',
      ':1}',
    ]);
    expect(out.find((one) => one['type'] === 'response.output_item.added')?.['item']).toMatchObject({ name: 'get', arguments: '' });
  });

  it('sends as a delta what only the done tells', () => {
    const full = { ...message, status: 'completed', content: [{ type: 'output_text', text: 'all of it' }] };
    const { types } = play(created, added(message), done(full), completed([full]));
    expect(types).toEqual([
      ...['created', 'output_item.added', 'content_part.added', 'output_text.delta', 'output_text.done'],
      ...['content_part.done', 'output_item.done', 'completed'],
    ]);
  });

  it('keeps the deltas when done contradicts them, and says that it could not know', () => {
    const other = { ...message, status: 'completed', content: [{ type: 'output_text', text: 'Bye' }] };
    const { out, machine } = play(created, added(message), delta('msg_1', 'Hi'), done(other), completed([other]));
    expect(outputOf(out)[0]).toMatchObject({ content: [{ text: 'Hi' }] });
    expect(machine.unrepairable).toHaveLength(1);
  });

  it('holds the response id of the first event', () => {
    const { out } = play(created, { ...completed(), response: { ...response, id: 'resp_2', status: 'completed', usage } });
    expect(out.map((one) => (one['response'] as JsonObject)['id'])).toEqual(['resp_1', 'resp_1']);
  });

  it('numbers on from the first change', () => {
    const numbered = [created, added(message), delta('msg_1', 'Hi'), completed()].map((one, index) => ({ ...one, sequence_number: index }));
    const { out } = play(...numbered);
    expect(out.map((one) => one['sequence_number'])).toEqual(out.map((_, index) => index));
  });

  it('leaves events without numbers alone', () => {
    const { out } = play(created, added(message), delta('msg_1', 'Hi'), completed());
    expect(out.some((one) => 'sequence_number' in one)).toBe(false);
  });

  it('leaves out what no client knows and what follows the end', () => {
    const { types } = play(created, { type: 'response.my_ping' }, completed(), completed());
    expect(types).toEqual(['created', 'completed']);
  });

  it('fills in usage that clients can not read', () => {
    const chat = { prompt_tokens: 3, completion_tokens: 4 };
    const { out } = play(created, { type: 'response.completed', response: { ...response, status: 'completed', usage: chat } });
    expect(out.at(-1)?.['response']).toMatchObject({ usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 } });
  });

  it('ends a cut stream as failed, with every open item incomplete', () => {
    const { out, types, machine } = play(created, added(call('fc_1', 'call_1')), args('fc_1', '{"a'));
    expect(types.slice(-3)).toEqual(['function_call_arguments.done', 'output_item.done', 'failed']);
    expect(outputOf(out)).toMatchObject([{ status: 'incomplete', arguments: '{"a' }]);
    expect(machine.unrepairable).toHaveLength(1);
  });

  it('shows raw reasoning that nobody announced as a summary', () => {
    const item = { id: 'rs_1', type: 'reasoning', summary: [] };
    const raw = { type: 'response.reasoning_text.delta', item_id: 'rs_1', output_index: 0, content_index: 0, delta: 'hm' };
    const { types, out } = play(
      created,
      added(item),
      raw,
      done({ ...item, content: [{ type: 'reasoning_text', text: 'hm' }] }),
      completed(),
    );
    expect(types).toContain('reasoning_summary_text.delta');
    expect(outputOf(out)).toEqual([{ id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] }]);
  });
});
