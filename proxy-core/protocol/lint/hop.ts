/**
 * Which hop made a fault, when both sides of the bridge are known. A translated stream's protocol
 * faults are the bridge's, except those that the upstream's own answer already had.
 */
import type { Finding } from './finding.ts';
import type { UpstreamDigest } from './upstream-digest/digest.ts';

export function applyHop(findings: readonly Finding[], upstream: UpstreamDigest | undefined): void {
  if (!upstream) return;
  for (const finding of findings) {
    if (finding.hop !== null) continue;
    finding.hop = hopOf(finding, upstream);
  }
}

function hopOf(finding: Finding, upstream: UpstreamDigest): Finding['hop'] {
  if (finding.rule === 'upstream-end-honoured' || finding.rule === 'upstream-content-kept') return 'bridge';
  if (upstream.findings) return upstream.findings.some((other) => isSameFault(other, finding)) ? 'upstream' : 'bridge';
  if (finding.rule === 'usage-present') return upstream.hasUsage ? 'bridge' : 'upstream';
  if (finding.rule === 'arguments-json') {
    // A call that was cut short is the upstream's; calling it completed is not.
    const isWhole = upstream.finished && !upstream.lengthStop && !upstream.error;
    return upstream.hasBadToolInput && isWhole ? 'upstream' : 'bridge';
  }
  return 'bridge';
}

/** The same rule about the same item, or at the same place: a bridge may renumber, but rarely both. */
function isSameFault(upstream: Finding, emitted: Finding): boolean {
  if (upstream.rule !== emitted.rule) return false;
  return upstream.event === emitted.event || upstream.itemId === emitted.itemId || upstream.outputIndex === emitted.outputIndex;
}
