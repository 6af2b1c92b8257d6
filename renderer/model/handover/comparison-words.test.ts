import { describe, expect, it } from 'vitest';
import { compareStreams } from '../../../proxy-core/protocol/diff/diff-streams.ts';
import { toHeadline, toSummary, toValueParts } from './comparison-words.ts';

const side = { stepId: 's', sessionId: 's', step: 0, title: '', upstream: '', model: null, isRepaired: false, events: 0 };
const compare = (left: unknown[], right: unknown[]) => ({ ...compareStreams(left, right), left: side, right: side });
const delta = (id: string, text: string) => ({
  type: 'response.output_text.delta',
  item_id: id,
  output_index: 0,
  content_index: 0,
  delta: text,
});
const done = (id: string, text: string) => ({ type: 'response.output_text.done', item_id: id, output_index: 0, content_index: 0, text });

describe('a comparison in words', () => {
  it('says plainly when only what may differ does', () => {
    expect(toHeadline(compare([delta('a', 'Hello')], [delta('b', 'Hel'), delta('b', 'lo')]))).toBe(
      'Equal but for ids, chunk borders and time.',
    );
    expect(toHeadline(compare([delta('a', 'x')], [delta('a', 'x')]))).toBe('Equal but for chunk borders and time.');
    expect(toHeadline(compare([], []))).toContain('nothing to compare');
  });

  it('counts what is different by its kind', () => {
    const comparison = compare([delta('a', 'x'), done('a', 'x')], [delta('a', 'y')]);
    expect(toHeadline(comparison)).toBe('Not equal: 1 missing, 1 changed; 0 equal.');
    expect(comparison.rows.map(toSummary)).toEqual(['delta', 'not on the right']);
  });

  it('says that equal texts were cut in other pieces', () => {
    expect(compare([delta('a', 'xy')], [delta('a', 'x'), delta('a', 'y')]).rows.map(toSummary)).toEqual(['cut in other pieces']);
  });

  it('sets the differing part of two values apart', () => {
    expect(toValueParts('It is 21 degrees', 'It is 7 degrees')).toEqual({
      left: { head: 'It is ', differing: '21', tail: ' degrees' },
      right: { head: 'It is ', differing: '7', tail: ' degrees' },
    });
    expect(toValueParts(null, 'x').left.differing).toBe('null');
  });
});
