import { describe, expect, it } from 'vitest';
import { appendTexts, createTextColumn, findTexts, textAt, textOf, type TextColumn } from './text-column.ts';

function toColumn(texts: readonly string[], perPage: number): TextColumn {
  const column = createTextColumn();
  for (let from = 0; from < texts.length; from += perPage) {
    const page = texts.slice(from, from + perPage);
    let end = 0;
    appendTexts(
      column,
      page.join(''),
      Int32Array.from(page, (text) => (end += text.length)),
      0,
    );
  }
  return column;
}

function find(column: TextColumn, word: string): number[] {
  const found: number[] = [];
  findTexts(column, word, (event) => found.push(event));
  return found;
}

describe('text column', () => {
  const texts = Array.from({ length: 40_000 }, (_, i) => (i % 3 === 0 ? '' : ` Word${i}`));

  it('gives each event its own words, however they came in', () => {
    for (const perPage of [1, 7, 16_384, 50_000]) {
      const column = toColumn(texts, perPage);
      for (const event of [0, 1, 16_383, 16_384, 32_768, 39_999]) expect(textAt(column, event), `${event}`).toBe(texts[event]);
      expect(textAt(column, 40_000)).toBe('');
    }
  });
  it('leaves out what is there already', () => {
    const column = toColumn(['a', 'b'], 2);
    appendTexts(column, 'abcd', Int32Array.from([1, 2, 3, 4]), 2);
    expect([0, 1, 2, 3].map((event) => textAt(column, event))).toEqual(['a', 'b', 'c', 'd']);
  });
  it('joins a run of events over the borders of blocks', () => {
    expect(textOf(toColumn(texts, 999), 16_000, 33_000)).toBe(texts.slice(16_000, 33_000).join(''));
  });
  it('finds what each event holds, and nothing that two of them share', () => {
    expect(find(toColumn(['ab', 'c', 'abc', '', 'xabcabc'], 2), 'abc')).toEqual([2, 4]);
    expect(find(toColumn(texts, 5000), 'word39998')).toEqual([39_998]);
    expect(find(toColumn(['aa', 'a', 'aaa'], 3), 'aa')).toEqual([0, 2]);
  });
  it('finds the same where lower case is longer than the text', () => {
    expect(find(toColumn(['İstanbul', 'in', 'Paris'], 3), 'in')).toEqual([1]);
    expect(find(toColumn(['İstanbul', 'in', 'Paris'], 3), 'paris')).toEqual([2]);
  });
});
