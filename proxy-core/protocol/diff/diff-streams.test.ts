import { describe, expect, it } from 'vitest';
import { diffStreams } from './diff-streams.ts';

const stream = (id: string, ...deltas: string[]) => {
  const item = { id: `msg_${id}`, type: 'message', role: 'assistant' };
  const place = { item_id: item.id, output_index: 0, content_index: 0 };
  const text = deltas.join('');
  return [
    { type: 'response.created', sequence_number: 0, response: { id: `resp_${id}`, created_at: Number(id), output: [] } },
    { type: 'response.output_item.added', output_index: 0, item },
    ...deltas.map((delta, index) => ({ type: 'response.output_text.delta', sequence_number: index, ...place, delta })),
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.output_item.done', output_index: 0, item: { ...item, content: [{ type: 'output_text', text }] } },
    { type: 'response.completed', response: { id: `resp_${id}`, output: [{ ...item, content: [{ type: 'output_text', text }] }] } },
  ];
};

describe('diff of streams', () => {
  it('is empty for streams that differ in ids, delta borders and times only', () => {
    expect(diffStreams(stream('1', 'Hel', 'lo'), stream('2', 'H', 'el', 'lo'))).toEqual({ equal: true, differences: [] });
  });

  it('names what is missing, extra and changed by its role', () => {
    const left = stream('1', 'Hello');
    const right = stream('2', 'Hello').filter(({ type }) => type !== 'response.output_text.done');
    expect(diffStreams(left, right).differences).toMatchObject([{ kind: 'missing', role: 'item 0 / part 0 / output_text.done' }]);
    expect(diffStreams(right, left).differences).toMatchObject([{ kind: 'extra', role: 'item 0 / part 0 / output_text.done' }]);
    const changed = diffStreams(left, stream('2', 'Hallo'));
    expect(changed.differences.map(({ kind, path }) => `${kind} ${path}`)).toContain('changed delta');
  });

  it('tells an id that is not the same as before from one that only has another name', () => {
    const right = stream('2', 'Hello').map((event) =>
      event.type === 'response.output_text.done' ? { ...event, item_id: 'chatcmpl-9' } : event,
    );
    expect(diffStreams(stream('1', 'Hello'), right).differences[0]).toMatchObject({
      kind: 'changed',
      role: 'item 0 / part 0 / output_text.done',
      path: 'item_id',
    });
  });

  it('reports an event that moved, and only that one', () => {
    const right = stream('2', 'Hello');
    const [done] = right.splice(3, 1);
    right.push(done as never);
    expect(diffStreams(stream('1', 'Hello'), right).differences).toMatchObject([
      { kind: 'reordered', role: 'item 0 / part 0 / output_text.done' },
    ]);
  });
});
