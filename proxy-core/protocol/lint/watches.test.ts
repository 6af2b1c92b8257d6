/** Rules say which events they want to see, so that deltas are cheap; what they leave out must not matter to them. */
import { describe, expect, it } from 'vitest';
import { runCase } from './run-case.ts';
import { rules } from './rules/index.ts';

describe('rules that watch only some events', () => {
  const seeingAll = rules.map(({ watches: _watches, ...rule }) => rule);

  it('find the same as when they see all of them, in every example', () => {
    expect(rules.filter(({ watches }) => watches !== undefined).length).toBeGreaterThan(10);
    for (const { example } of rules) {
      for (const one of [example.good, example.bad]) expect(runCase(one)).toEqual(runCase(one, seeingAll));
    }
  });
});
