/** Names the public issues that a finding looks like. */
import type { Finding, KnownIssue } from '../finding.ts';
import type { EventFacts } from '../model/event-facts.ts';
import { knownIssues } from './index.ts';
import type { StreamTraits } from './traits.ts';

export function findKnownIssues(finding: Finding, traits: StreamTraits, facts: EventFacts | undefined): KnownIssue[] {
  return knownIssues
    .filter((issue) => issue.rules.includes(finding.rule) && issue.matches({ finding, traits, facts: facts ?? null }))
    .map(({ repo, number, title, fixedIn }) => ({ repo, number, title, fixedIn }));
}
