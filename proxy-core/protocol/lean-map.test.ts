import { describe, expect, it } from 'vitest';
import { createLeanMap } from './lean-map.ts';

describe('a map for what comes and goes', () => {
  it('holds, replaces and forgets, in the order of what was set', () => {
    const map = createLeanMap<string, number | undefined>();
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    expect([map.size, [...map.keys()], [...map.values()]]).toEqual([2, ['b', 'a'], [2, 3]]);
    expect([map.delete('b'), map.delete('b'), map.has('b'), map.get('b'), map.size]).toEqual([true, false, false, undefined, 1]);
    map.set('c', undefined);
    expect([map.has('c'), map.get('c')]).toEqual([true, undefined]);
  });
});
