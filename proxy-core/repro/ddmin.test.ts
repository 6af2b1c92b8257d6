import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ddmin } from './ddmin.ts';

describe('ddmin', () => {
  it('keeps exactly what is needed, wherever it stands', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 201, max: 400 }),
        async (needed, length) => {
          const items = Array.from({ length }, (_, index) => index);
          const { items: left, isMinimal } = await ddmin({ items, holds: async (some) => needed.every((one) => some.includes(one)) });
          expect(left).toEqual(needed.toSorted((a, b) => a - b));
          expect(isMinimal).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('needs few tries for one event among a thousand', async () => {
    const { tries } = await ddmin({ items: Array.from({ length: 1000 }, (_, index) => index), holds: async (some) => some.includes(700) });
    expect(tries).toBeLessThan(60);
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    abort.abort();
    const result = await ddmin({ items: [1, 2, 3], holds: async () => true, signal: abort.signal });
    expect(result).toEqual({ items: [1, 2, 3], tries: 0, isMinimal: false });
  });
});
