/**
 * The page of a rule as Markdown, made from the rule itself: what it says, why, a bad and a good
 * capture (its examples, shortened to what matters), who breaks and how to fix it. Pure.
 */
import type { JsonObject } from '../json.ts';
import type { LintCase, Rule } from './define-rule.ts';
import { knownIssues } from './known-issues/index.ts';
import { runCase, toCaseEvents } from './run-case.ts';
import { showText } from './model/text-digest.ts';

/** Events shown before and after the one that a finding is about. */
const BEFORE = 2;
const AFTER = 1;
const MAX_DATA = 520;

export function toRuleDoc(rule: Rule): string {
  const findings = runCase(rule.example.bad);
  const first = findings[0];
  const at = first?.event ?? null;
  const issues = knownIssues.filter((issue) => issue.rules.includes(rule.id));
  const sections = [
    `# ${rule.id}`,
    `**${rule.title}** · ${rule.severity}`,
    rule.why,
    `## Where the protocol says so\n\n${rule.source}`,
    `## Bad\n\n${fence(rule.example.bad, at)}\n\n${findings.slice(0, 1).map((finding) => `> ${finding.severity} ${rule.id}${finding.event === null ? '' : `, event ${finding.event}`}: ${finding.message}`)[0] ?? ''}`,
    `## Good\n\n${fence(rule.example.good, at)}`,
    `## Who breaks\n\n${rule.breaks}`,
    `## How to fix it in a bridge\n\n${rule.fix}`,
    `## When to ignore it\n\n${whenToIgnore(rule)}`,
    ...(issues.length > 0
      ? [`## Seen in the wild\n\n${issues.map((issue) => `- ${issue.repo}#${issue.number}: ${issue.title}`).join('\n')}`]
      : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** The index of all pages. */
export function toRuleIndex(rules: readonly Rule[]): string {
  const rows = rules
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((rule) => `| [${rule.id}](${rule.id}.md) | ${rule.severity} | ${rule.title} |`);
  return `# Rules of the linter\n\nMade by \`scripts/docs-rules.ts\` from the rules in \`proxy-core/protocol/lint/rules/\`.\n\n| rule | severity | says |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function whenToIgnore(rule: Rule): string {
  if (rule.severity === 'error')
    return 'Never for clients in general; if you only serve a client that does not mind, the verdicts of the clients say so.';
  if (rule.severity === 'warning') return 'When your clients are known and none of them minds.';
  return 'It is a note: nothing has to be done.';
}

function fence(example: LintCase, at: number | null): string {
  if (example.request) return `\`\`\`json\n${JSON.stringify(example.request, null, 2)}\n\`\`\``;
  const events = toCaseEvents(example.events);
  const from = at === null ? Math.max(0, events.length - BEFORE - AFTER) : Math.max(0, at - BEFORE);
  const to = at === null ? events.length : Math.min(events.length, at + AFTER + 1);
  const lines = events.slice(from, to).map((event) => {
    const when = event.tUs === null ? '' : `: ${Math.round(event.tUs / 1000)} ms\n`;
    const name = event.name === null ? '' : `event: ${event.name}\n`;
    return `${when}${name}data: ${shorten(event.json ?? event.data)}`;
  });
  const upstream = example.end?.upstream;
  const side = upstream
    ? `upstream (${upstream.kind}): ${upstream.segments.map((segment) => `${segment.kind} ${JSON.stringify(showText(segment.text))}`).join(', ')}, ${upstream.cut ? 'then cut off' : 'then a regular end'}\n\n`
    : '';
  return `\`\`\`\n${side}${from > 0 ? '…\n\n' : ''}${lines.join('\n\n')}\n${to < events.length ? '\n…\n' : ''}\`\`\``;
}

/** Long parts of the response object are left out: they say nothing about the rule. */
function shorten(data: JsonObject | string): string {
  const text =
    typeof data === 'string'
      ? data
      : JSON.stringify(data, (key, value: unknown) => (key === 'tools' || key === 'logprobs' ? undefined : value));
  return text.length <= MAX_DATA ? text : `${text.slice(0, MAX_DATA)}…`;
}
