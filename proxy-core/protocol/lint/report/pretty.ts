/** The report for people: one paragraph a fault, the repeats of a fault counted and not listed. */
import { groupFindings, summarize, type FileReport, type FindingGroup } from './report.ts';

const HOPS = { upstream: 'the upstream made it', bridge: 'made by the bridge', client: "in the client's request" } as const;
const MAX_EVENTS_SHOWN = 6;

export function toPrettyReport(files: readonly FileReport[]): string {
  const blocks = files.map(({ file, events, findings }) => {
    const head = `${file}  (${count(events, 'event')})`;
    if (findings.length === 0) return `${head}\n  no findings`;
    return [head, ...groupFindings(findings).map(toLines)].join('\n');
  });
  const { error, warning, note } = summarize(files);
  const total = `${count(files.length, 'stream')}: ${count(error, 'error')}, ${count(warning, 'warning')}, ${count(note, 'note')}`;
  return `${[...blocks, total].join('\n\n')}\n`;
}

function toLines({ first, events }: FindingGroup): string {
  const where = events.length === 0 ? '' : `  ${showEvents(events)}`;
  const lines = [`  ${first.severity.padEnd(7)}  ${first.rule}${where}`, `           ${first.message}`];
  const more = [
    first.hop === null ? undefined : HOPS[first.hop],
    ...first.knownIssues.map(
      (issue) => `looks like ${issue.repo}#${issue.number}${issue.fixedIn === null ? '' : ` (fixed in ${issue.fixedIn})`}`,
    ),
  ].filter((line) => line !== undefined);
  if (more.length > 0) lines.push(`           ${more.join('; ')}`);
  return lines.join('\n');
}

function showEvents(events: readonly number[]): string {
  if (events.length === 1) return `event ${events[0]}`;
  const shown = events.slice(0, MAX_EVENTS_SHOWN).join(', ');
  return `${events.length} events: ${shown}${events.length > MAX_EVENTS_SHOWN ? ', …' : ''}`;
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`;
}
