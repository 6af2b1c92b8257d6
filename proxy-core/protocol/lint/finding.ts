/** What a rule says about a stream: data only. Wording lives in the rule, layout in the reporters. */
export type Severity = 'error' | 'warning' | 'note';
export type Hop = 'upstream' | 'bridge' | 'client';

export interface Finding {
  /** Rule id, contract section 4. */
  rule: string;
  severity: Severity;
  /** One plain sentence: what is wrong. */
  message: string;
  /** 0-based index of the offending event; null when nothing was sent (something is missing). */
  event: number | null;
  sequenceNumber: number | null;
  outputIndex: number | null;
  itemId: string | null;
  expected: unknown;
  actual: unknown;
  /** Indexes of other events that belong to the same fault. */
  related: number[];
  /** Which hop made the fault; null when it can't be told. */
  hop: Hop | null;
  knownIssues: KnownIssue[];
}

export interface KnownIssue {
  repo: string;
  number: number;
  title: string;
  fixedIn: string | null;
}

export interface FindingCounts {
  error: number;
  warning: number;
  note: number;
}

export function countFindings(findings: readonly Finding[]): FindingCounts {
  const counts: FindingCounts = { error: 0, warning: 0, note: 0 };
  for (const finding of findings) counts[finding.severity] += 1;
  return counts;
}
