import type { Finding, KnownIssue } from '../finding.ts';
import type { EventFacts } from '../model/event-facts.ts';
import type { StreamTraits } from './traits.ts';

export interface KnownIssueEntry extends KnownIssue {
  rules: readonly string[];
  matches(seen: { finding: Finding; traits: StreamTraits; facts: EventFacts | null }): boolean;
}
export const knownIssues: readonly KnownIssueEntry[] = [];
