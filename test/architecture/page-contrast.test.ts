import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The tokens as the browser reads them: 4.5:1 is promised for text and 3:1 for marks. */
const css = readFileSync(join(import.meta.dirname, '../../renderer/styles/tokens.css'), 'utf8');

function tokensOf(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(selector), css.indexOf('}', css.indexOf(selector)));
  return new Map([...block.matchAll(/--([\w]+): (#[0-9a-f]{6});/g)].map((match) => [match[1]!, match[2]!]));
}

function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(left: string, right: string): number {
  const [low, high] = [luminance(left), luminance(right)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const TEXT = ['ink', 'ink2', 'ink3', 'err', 'warn', 'note', 'ok'];
const GROUNDS = ['canvas', 'panel', 'raised', 'sel', 'errbg'];
const MARKS = ['id1', 'id2', 'id3', 'id4', 'id5', 'id6', 'id7', 'id8', 'resp', 'field'];

for (const [theme, selector] of [
  ['dark', ':root {'],
  ['light', ":root[data-theme='light'] {"],
] as const) {
  const tokens = tokensOf(selector);
  const color = (name: string): string => tokens.get(name) ?? '';
  describe(`${theme} theme`, () => {
    it('has all tokens', () => {
      expect(tokens.size).toBeGreaterThan(25);
      expect([...TEXT, ...GROUNDS, ...MARKS, 'inv'].filter((name) => !tokens.has(name))).toEqual([]);
    });
    it.each(TEXT.flatMap((text) => GROUNDS.map((ground) => [text, ground])))('%s is readable on %s', (text, ground) => {
      expect(contrast(color(text), color(ground))).toBeGreaterThanOrEqual(4.5);
    });
    it.each(MARKS.map((mark) => [mark, 'canvas']).concat(MARKS.filter((mark) => mark !== 'field').map((mark) => [mark, 'sel'])))(
      '%s is seen on %s',
      (mark, ground) => {
        expect(contrast(color(mark), color(ground))).toBeGreaterThanOrEqual(3);
      },
    );
    it('inverts readably', () => expect(contrast(color('inv'), color('ink'))).toBeGreaterThanOrEqual(4.5));
  });
}
