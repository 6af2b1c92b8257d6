import { describe, expect, it } from 'vitest';
import { compareStreams, diffStreams } from './diff-streams.ts';

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

describe('comparison of streams', () => {
  it('pairs ids by their roles, so that an item that is not there renames nothing', () => {
    const left = stream('1', 'Hello');
    const reasoning = { type: 'response.output_item.added', output_index: 1, item: { id: 'rs_9', type: 'reasoning' } };
    const right = stream('2', 'Hello').toSpliced(1, 0, reasoning as never);
    const { differences, ids, rows } = compareStreams(left, right);
    expect(differences).toMatchObject([{ kind: 'extra', role: 'item 1 / output_item.added' }]);
    expect(ids).toEqual([
      { left: 'resp_1', right: 'resp_2' },
      { left: 'msg_1', right: 'msg_2' },
    ]);
    expect(rows.map(({ kind, left: one, right: two }) => [kind, one?.event ?? null, two?.event ?? null])).toEqual([
      ['equal', 0, 0],
      ['extra', null, 1],
      ['equal', 1, 2],
      ['equal', 2, 3],
      ['equal', 3, 4],
      ['equal', 4, 5],
      ['equal', 5, 6],
    ]);
  });

  it('shows deltas of one part that name several items', () => {
    const left = stream('1', 'a', 'b', 'c').map((event, index) =>
      event.type === 'response.output_text.delta' ? { ...event, item_id: `chatcmpl-${index}` } : event,
    );
    const { rows } = compareStreams(left, stream('2', 'abc'));
    const row = rows.find(({ role }) => role.endsWith('output_text.delta'));
    expect(row).toMatchObject({ kind: 'changed', left: { event: 2, count: 3 }, right: { event: 2, count: 1 } });
    expect(row?.differences).toMatchObject([{ path: 'item_id', left: ['chatcmpl-2', 'chatcmpl-3', 'chatcmpl-4'], right: 'msg_2' }]);
  });

  it('takes an item at another output index as changed, and one of another type as gone', () => {
    const left = stream('1', 'Hello');
    const right = stream('2', 'Hello').map((event) => ('output_index' in event ? { ...event, output_index: 3 } : event));
    const { rows } = compareStreams(left, right);
    expect(rows.filter(({ kind }) => kind === 'changed').length).toBe(4);
    expect(rows[1]?.differences).toMatchObject([{ kind: 'changed', path: 'output_index', left: 0, right: 3 }]);
    const call = { type: 'response.output_item.added', output_index: 3, item: { id: 'fc_1', type: 'function_call' } };
    expect(compareStreams([left[1]], [call]).rows.map(({ kind }) => kind)).toEqual(['missing', 'extra']);
  });

  it('says that a row has moved, and where both sides have it', () => {
    const right = stream('2', 'Hello');
    right.push(right.splice(3, 1)[0] as never);
    const { rows } = compareStreams(stream('1', 'Hello'), right);
    expect(rows.filter(({ isMoved }) => isMoved)).toMatchObject([{ kind: 'reordered', left: { event: 3 }, right: { event: 5 } }]);
  });
});
