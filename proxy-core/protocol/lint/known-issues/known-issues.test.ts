import { describe, expect, it } from 'vitest';
import type { LintCase } from '../define-rule.ts';
import { callStream, parallelStream, reasoningStream, textStream } from '../example-streams.ts';
import { runCase } from '../run-case.ts';
import { findRule } from '../rules/index.ts';
import { knownIssues } from './index.ts';

const seenIn = (lintCase: LintCase): string[] =>
  runCase(lintCase).flatMap((finding) => finding.knownIssues.map(({ repo, number }) => `${repo}#${number}`));

describe('known issues', () => {
  it.each(knownIssues.map((issue) => [`${issue.repo}#${issue.number}`, issue] as const))(
    '%s is seen in its stream and not in the other',
    (name, issue) => {
      expect(seenIn(issue.like)).toContain(name);
      expect(runCase(issue.unlike).length).toBeGreaterThan(0);
      expect(seenIn(issue.unlike)).not.toContain(name);
    },
  );

  it('are never seen in a clean stream', () => {
    for (const events of [textStream(), callStream(), reasoningStream(), parallelStream()]) expect(seenIn({ events })).toEqual([]);
  });

  it('name rules that exist, and no issue twice', () => {
    const names = knownIssues.map(({ repo, number }) => `${repo}#${number}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { rules } of knownIssues) for (const rule of rules) expect(findRule(rule)?.id).toBe(rule);
  });
});
