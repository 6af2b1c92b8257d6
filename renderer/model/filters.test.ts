import { describe, expect, it } from 'vitest';
import { BROKEN, toFinding, toTrack } from './example-rows.ts';
import { filterEvents, parseFilter, suggest, toFilterText } from './filters.ts';
import { setFindings } from './step-track.ts';

const track = toTrack(BROKEN);
setFindings(track, [toFinding('item-id-announced', 9), toFinding('event-name', 0, { severity: 'warning' })]);
const find = (text: string, range: { from: number; to: number } | null = null): number[] => [
  ...(filterEvents(track, parseFilter(text), range, (id) => id.slice(0, 7)) ?? [-1]),
];

describe('parseFilter', () => {
  it('reads keys, quotes and "not"', () => {
    expect(parseFilter('type:*.delta -item:rs_28ec text:"is 21" plain')).toEqual([
      { key: 'type', value: '*.delta', isNot: false },
      { key: 'item', value: 'rs_28ec', isNot: true },
      { key: 'text', value: 'is 21', isNot: false },
      { key: 'text', value: 'plain', isNot: false },
    ]);
  });
  it('takes an unknown key as text, and an unfinished term as nothing', () => {
    expect(parseFilter('http://x type:')).toEqual([{ key: 'text', value: 'http://x', isNot: false }]);
  });
  it('writes a term as it is read', () => {
    for (const term of parseFilter('-text:"a b" type:created')) expect(parseFilter(toFilterText(term))).toEqual([term]);
  });
});

describe('filterEvents', () => {
  it('does nothing without terms', () => expect(find('')).toEqual([-1]));
  it('filters by type with and without a star', () => {
    expect(find('type:output_text.delta')).toEqual([9, 10]);
    expect(find('type:*.done')).toEqual([7, 8, 11]);
    expect(find('type:output*delta')).toEqual([9, 10]);
    expect(find('type:*text*text*')).toEqual([]);
    expect(find(`type:${'*e'.repeat(2_000)}`)).toEqual([]);
    expect(find('type:response.completed')).toEqual([12]);
  });
  it('filters by id, index, rule, severity, event and time', () => {
    expect(find('item:chatcmpl')).toEqual([9, 10, 11]);
    expect(find('index:0 type:added')).toEqual([2]);
    expect(find('rule:item-id-announced')).toEqual([9]);
    expect(find('severity:warning')).toEqual([0]);
    expect(find('event:3-5')).toEqual([3, 4, 5]);
    expect(find('event:11-')).toEqual([11, 12]);
    expect(find('after:98')).toEqual([11, 12]);
  });
  it('joins terms, turns them round and keeps to the brush', () => {
    expect(find('type:delta -item:rs_')).toEqual([9, 10]);
    expect(find('', { from: 2, to: 5 })).toEqual([2, 3, 4]);
    expect(find('type:*.delta', { from: 2, to: 5 })).toEqual([3, 4]);
    expect(find('', { from: 11, to: 99 })).toEqual([11, 12]);
    expect(find('text:21')).toEqual([10]);
  });
});

describe('suggest', () => {
  it('offers keys, then values of the key', () => {
    expect(suggest('-ty', track, (id) => id)).toEqual(['-type:']);
    expect(suggest('type:output_text', track, (id) => id)).toEqual(['type:output_text.delta']);
    expect(suggest('x rule:', track, (id) => id)).toEqual(['rule:item-id-announced', 'rule:event-name']);
  });
});
