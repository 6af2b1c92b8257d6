/**
 * A short run of the byte fuzzer over every target. The seed is always the same, so that the same tree gives the
 * same result; DELTASCOPE_FUZZ_SEED takes another, `npm run fuzz` takes longer (docs/development.md).
 */
import { describe, expect, it } from 'vitest';
import { runCases } from './run-cases.ts';
import { fuzzTargets } from './targets/index.ts';

const seed = Number(process.env['DELTASCOPE_FUZZ_SEED'] ?? 1);

describe('bytes of any kind', () => {
  it.each(fuzzTargets.map((target) => [target.name, target] as const))('are read or refused in words: %s', async (name, target) => {
    const done = await runCases(target, { seed, goesOn: (count) => count < target.cases });
    console.log(`${name}: ${done} cases of seed ${seed}`);
    expect(done).toBe(target.cases);
  });
});
