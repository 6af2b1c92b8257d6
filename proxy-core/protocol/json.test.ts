import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH, parseJson, parseJsonObject } from './json.ts';

const nested = (depth: number): string => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;

describe('parseJson', () => {
  it('reads JSON, and gives undefined for anything else', () => {
    expect(parseJson('{"a":[1]}')).toEqual({ a: [1] });
    expect(parseJson('null')).toBeNull();
    expect(parseJson('{"a":')).toBeUndefined();
    expect(parseJsonObject('[]')).toBeUndefined();
  });

  it('refuses what nests so deep that walking through it runs out of stack', () => {
    expect(parseJson(nested(MAX_JSON_DEPTH))).toBeDefined();
    expect(parseJson(nested(MAX_JSON_DEPTH + 2))).toBeUndefined();
    expect(parseJson(nested(1_000_000))).toBeUndefined();
  });

  it('counts depth, not brackets: neither many of them side by side nor those in texts', () => {
    expect(parseJson(`[${Array.from({ length: 5_000 }, () => '[{}]').join()}]`)).toHaveLength(5_000);
    const text = `\\"${'[{'.repeat(5_000)}`;
    expect(parseJson(JSON.stringify([text]))).toEqual([text]);
  });
});
