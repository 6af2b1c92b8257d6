/** One public issue as data: which findings look like it, and a stream that does and one that does not. */
import type { LintCase } from '../define-rule.ts';
import type { Finding, KnownIssue } from '../finding.ts';
import type { EventFacts } from '../model/event-facts.ts';
import type { StreamTraits } from './traits.ts';

export interface KnownIssueEntry extends KnownIssue {
  /** Only findings of these rules are looked at. */
  rules: readonly string[];
  matches(seen: Sighting): boolean;
  /** A stream in which some finding looks like the issue. */
  like: LintCase;
  /** A broken stream in which none does. */
  unlike: LintCase;
}

export interface Sighting {
  finding: Finding;
  traits: StreamTraits;
  /** The event of the finding; null for what is missing or lies in the request. */
  facts: EventFacts | null;
}

export function isText(seen: Sighting): boolean {
  const channel = seen.facts?.spec?.channel;
  return channel === 'text' || (seen.facts?.spec?.role === 'part-done' && seen.facts.item?.type === 'message');
}

export function isReasoning(seen: Sighting): boolean {
  const channel = seen.facts?.spec?.channel;
  return channel === 'summary' || channel === 'reasoning';
}

/** The event's item was never announced, under no id. */
export function isPhantom(seen: Sighting): boolean {
  return seen.facts?.match === 'phantom';
}

export function actualText(seen: Sighting): string {
  return typeof seen.finding.actual === 'string' ? seen.finding.actual : '';
}
