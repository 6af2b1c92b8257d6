/**
 * Ids of traces and spans. They come from our own ids, so that a session that is sent twice is the same trace
 * twice; a client that sent a W3C `traceparent` has its own trace, and the step is a child in it.
 */
import { createHash } from 'node:crypto';

export interface TraceParent {
  /** 32 and 16 hexadecimal digits. */
  traceId: string;
  spanId: string;
  /** The W3C flags; bit 0: sampled. */
  flags: number;
}

export function toTraceId(sessionId: string): string {
  return hex(`session ${sessionId}`, 32);
}

export function toSpanId(stepId: string): string {
  return hex(`step ${stepId}`, 16);
}

/** Undefined for what is no valid header; then it counts as not sent. Source: W3C Trace Context, 3.2. */
export function parseTraceparent(text: string | undefined): TraceParent | undefined {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(text?.trim() ?? '');
  const [, version, traceId = '', spanId = '', flags = '', rest] = match ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

function hex(text: string, digits: number): string {
  return createHash('sha256').update(`deltascope ${text}`).digest('hex').slice(0, digits);
}
