import { describe, expect, it } from 'vitest';
import { BROKEN, cleanRows, toTrack } from './example-rows.ts';
import { toResult } from './result.ts';

describe('toResult', () => {
  it('puts together what the client should have got, whatever ids the deltas carry', () => {
    expect(toResult(toTrack(BROKEN)).map(({ text, trouble }) => [text, trouble])).toEqual([
      ['I have the result.', '4 of its events carry other ids'],
      ['It is 21.', 'never announced'],
    ]);
  });
  it('finds no trouble in a clean stream', () => {
    expect(toResult(toTrack(cleanRows(2)))).toMatchObject([{ text: ' word0 word1', trouble: '' }]);
  });
});
