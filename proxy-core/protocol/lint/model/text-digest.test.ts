import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendText, createTextDigest, isSameText, joinTexts, showText } from './text-digest.ts';

describe('text digest', () => {
  it('is the same however the text was cut into pieces, and however digests were joined', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 900, unit: 'binary' }), fc.nat({ max: 900 }), (text, at) => {
        const whole = createTextDigest(text);
        expect(isSameText(appendText(createTextDigest(text.slice(0, at)), text.slice(at)), whole)).toBe(true);
        const joined = joinTexts(createTextDigest(text.slice(0, at)), createTextDigest(text.slice(at)));
        expect(joined).toEqual(whole);
      }),
    );
  });

  it('tells texts apart', () => {
    for (const [a, b] of [
      ['ab', 'ba'],
      ['', '\u0000'],
      ['a', 'a '],
      ['It is 21°C', 'It is 22°C'],
    ] as const) {
      expect(isSameText(createTextDigest(a), createTextDigest(b))).toBe(false);
    }
  });

  it('shows short texts whole and the beginning of long ones', () => {
    expect(showText(createTextDigest('short'))).toBe('short');
    expect(showText(createTextDigest('x'.repeat(500)))).toBe(`${'x'.repeat(400)}… (500 characters)`);
  });
});
