/** A finding as Markdown, ready to paste into an issue. Pure. */
import { valueAt } from '../../../model/columns.ts';
import type { Step } from '../../../../proxy-core/protocol/api/control-api.ts';
import type { Finding } from '../../../../proxy-core/protocol/lint/finding.ts';
import { typeName, type StepTrack } from '../../../model/step-track.ts';

export function toComment(finding: Finding, step: Step, track: StepTrack): string {
  const lines = [`**${finding.rule}** (${finding.severity}): ${finding.message}`, ''];
  if (finding.event !== null && finding.event < track.count) {
    lines.push(
      `- event ${finding.event} of ${track.count}: \`${typeName(valueAt(track.type, finding.event))}\`, ${valueAt(track.tMs, finding.event).toFixed(1)} ms after the request`,
    );
  }
  if (finding.itemId !== null)
    lines.push(`- item_id: \`${finding.itemId}\`${finding.outputIndex === null ? '' : `, output_index ${finding.outputIndex}`}`);
  lines.push(`- expected: ${inline(finding.expected)}`, `- actual: ${inline(finding.actual)}`);
  if (finding.hop !== null) lines.push(`- made by: ${finding.hop}`);
  lines.push(`- upstream: ${step.upstream}${step.model === null ? '' : `, model ${step.model}`}`);
  for (const issue of finding.knownIssues) lines.push(`- known: ${issue.repo}#${issue.number} ${issue.title}`);
  return `${lines.join('\n')}\n`;
}

function inline(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'string' ? `\`${value}\`` : `\`${JSON.stringify(value)}\``;
}
