/** Which finding a deep link means: the rule's at that event, else the step's first of that rule, else another step's. Pure. */
import type { Finding } from '../../proxy-core/protocol/lint/finding.ts';

export function findLinked(
  steps: readonly { findings: readonly Finding[] }[],
  link: { rule: string; step: number; event: number | null },
): { step: number; position: number } | null {
  const here = steps[link.step]?.findings ?? [];
  if (link.event !== null) {
    const exact = here.findIndex((finding) => finding.rule === link.rule && finding.event === link.event);
    return exact < 0 ? null : { step: link.step, position: exact };
  }
  for (const step of [link.step, ...steps.keys()]) {
    const position = steps[step]?.findings.findIndex((finding) => finding.rule === link.rule) ?? -1;
    if (position >= 0) return { step, position };
  }
  return null;
}
