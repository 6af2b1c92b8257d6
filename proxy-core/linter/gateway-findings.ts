/**
 * A gateway in the middle: what the client got went through a gateway whose own upstream call was
 * recorded too. With both sides in hand the step's findings are judged again: a fault that the inner
 * answer can't have had is the gateway's (`hop: bridge`).
 */
import type { Finding } from '../protocol/lint/finding.ts';
import { applyHop } from '../protocol/lint/hop.ts';
import { lintFrames, sortFindings } from '../protocol/lint/run-rules.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { digestBytes } from './digest-bytes.ts';

export interface GatewayStep {
  /** The findings so far; they are not changed. */
  findings: readonly Finding[];
  /** The Responses bytes that the gateway sent. */
  emitted: Uint8Array;
  /** The bytes of the inner call, in whatever wire format. */
  inner: Uint8Array;
}

const ABOUT_BOTH_SIDES = new Set(['upstream-end-honoured', 'upstream-content-kept']);

/** The findings as they should be stored now; the same ones when the inner format is not known. */
export function gatewayFindings({ findings, emitted, inner }: GatewayStep): Finding[] {
  const upstream = digestBytes(inner);
  if (!upstream) return [...findings];
  const judged = findings
    .filter((finding) => !ABOUT_BOTH_SIDES.has(finding.rule))
    .map((finding) => ({ ...finding, hop: finding.hop === 'client' ? finding.hop : null }));
  applyHop(judged, upstream);
  const { findings: both } = lintFrames(readFrames(emitted), { ruleIds: ABOUT_BOTH_SIDES, end: { upstream } });
  return sortFindings([...judged, ...both]);
}
