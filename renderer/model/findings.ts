/** Findings as people count them: distinct faults (rules) first, findings second. Pure. */
import type { Finding, Severity } from '../../proxy-core/protocol/lint/finding.ts';

export interface RuleGroup {
  rule: string;
  severity: Severity;
  count: number;
  /** Position of the rule's first finding in the sorted list. */
  first: number;
}

const RANK: Record<Severity, number> = { error: 0, warning: 1, note: 2 };

/** One group per rule, worst severity first, then by count. */
export function groupByRule(findings: readonly Finding[]): RuleGroup[] {
  const groups = new Map<string, RuleGroup>();
  findings.forEach((finding, i) => {
    const key = `${finding.rule}/${finding.severity}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { rule: finding.rule, severity: finding.severity, count: 1, first: i });
    else known.count += 1;
  });
  return [...groups.values()].sort((a, b) => RANK[a.severity] - RANK[b.severity] || b.count - a.count || a.rule.localeCompare(b.rule));
}

/** Distinct rules with an error: what a reader calls faults. */
export function countFaults(findings: readonly Finding[]): number {
  return new Set(findings.flatMap((finding) => (finding.severity === 'error' ? finding.rule : []))).size;
}
