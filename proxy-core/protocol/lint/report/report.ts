/** What all reporters render: the findings of some files. Data only; layout lives in the reporters. */
import type { Finding, FindingCounts, Severity } from '../finding.ts';

export interface FileReport {
  /** As the caller named it; the member's path in archives. */
  file: string;
  events: number;
  findings: readonly Finding[];
  /** Where the events that findings name lie in the file, by index; absent when they were not frames of a file. */
  places?: ReadonlyMap<number, EventPlace>;
}
export interface EventPlace {
  /** 1-based. */
  line: number;
  byteOffset: number;
  byteLength: number;
}

export function summarize(files: readonly FileReport[]): FindingCounts {
  const summary: FindingCounts = { error: 0, warning: 0, note: 0 };
  for (const { findings } of files) for (const finding of findings) summary[finding.severity] += 1;
  return summary;
}

const rank: Record<Severity, number> = { note: 0, warning: 1, error: 2 };

export function atLeast(findings: readonly Finding[], severity: Severity): Finding[] {
  return findings.filter((finding) => rank[finding.severity] >= rank[severity]);
}

/** Findings of one fault: the first, and those that its rule repeats for later events. */
export interface FindingGroup {
  first: Finding;
  others: Finding[];
  /** All events of the fault, in order. */
  events: number[];
}

export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const groups: FindingGroup[] = [];
  const byEvent = new Map<string, FindingGroup>();
  for (const finding of findings) {
    const leader = finding.related.map((event) => byEvent.get(`${finding.rule} ${event}`)).find((group) => group !== undefined);
    if (leader) {
      leader.others.push(finding);
      continue;
    }
    const group: FindingGroup = { first: finding, others: [], events: [] };
    groups.push(group);
    if (finding.event !== null) byEvent.set(`${finding.rule} ${finding.event}`, group);
  }
  for (const group of groups) {
    const events = [group.first, ...group.others].flatMap((finding) => (finding.event === null ? [] : [finding.event]));
    group.events = [...new Set([...events, ...group.first.related])].toSorted((a, b) => a - b);
  }
  return groups;
}
