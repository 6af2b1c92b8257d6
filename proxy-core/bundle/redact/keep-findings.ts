/**
 * Redacts a session so that linting it gives the same findings as before, and says whether that held. The
 * placeholders tell as little as possible: only when findings would be lost do they tell texts apart.
 */
import { lintStreams } from '../../linter/lint-streams.ts';
import type { RecordedStream } from '../../files/recorded-stream.ts';
import { parseJsonObject } from '../../protocol/json.ts';
import type { Finding } from '../../protocol/lint/finding.ts';
import { findRule } from '../../protocol/lint/rules/index.ts';
import { readFrames } from '../../sse/frame-reader.ts';
import { readMessages } from '../../files/read-messages.ts';
import { emittedBytes, gatewayBytes, toText, upstreamBytes, type SessionRecord, type StepRecord } from '../session-record.ts';
import { findRecordSecrets, redactRecord, type RedactedRecord, type RedactMode } from './redact-record.ts';

export interface KeptFindings extends RedactedRecord {
  /** Linting gives the same rules on the same events before and after. */
  hasSameFindings: boolean;
}

/** The one that tells least comes first. */
const ATTEMPTS = [
  { isDistinct: false, groupBy: 'index' },
  { isDistinct: false, groupBy: 'item' },
  { isDistinct: true, groupBy: 'index' },
  { isDistinct: true, groupBy: 'item' },
] as const;

export async function redactKeepingFindings(record: SessionRecord, mode: RedactMode): Promise<KeptFindings> {
  const secrets = await findRecordSecrets(record);
  const before = lintRecord(record);
  let best: KeptFindings | undefined;
  for (const attempt of mode === 'content' ? ATTEMPTS : ATTEMPTS.slice(0, 1)) {
    const redacted = redactRecord(record, { mode, secrets: secrets.fresh(), ...attempt });
    const after = lintRecord(redacted.record);
    const hasSameFindings = isEqual(before, after);
    const steps = redacted.record.steps.map((step, index) => ({
      ...step,
      findings: mode === 'content' ? (record.steps[index]?.findings ?? []).map((one) => reword(one, after[index] ?? [])) : step.findings,
    }));
    best = { ...redacted, redactions: redacted.redactions, record: { ...redacted.record, steps }, hasSameFindings };
    if (hasSameFindings) break;
  }
  return best as KeptFindings;
}

/** The findings of each step, as `lint` of the bundle gives them. */
export function lintRecord(record: SessionRecord): Finding[][] {
  const streams = record.steps.map(toStream);
  const linted = lintStreams(streams.filter((stream) => stream !== undefined));
  return streams.map((stream) => (stream ? (linted.find(({ name }) => name === stream.name)?.findings ?? []) : []));
}

/** As the reader of bundles sees a step; undefined when it is no stream. */
export function toStream(step: StepRecord, index: number): RecordedStream | undefined {
  const bytes = emittedBytes(step);
  const messages = step.transport === 'websocket' ? readMessages(toText(bytes)) : undefined;
  if (!messages && readFrames(bytes).length === 0) return undefined;
  const request = parseJsonObject(toText(step.request.body));
  const upstream = upstreamBytes(step);
  const gateway = gatewayBytes(step);
  return {
    name: `steps/${index}/emitted.sse`,
    bytes,
    step: index,
    ...(messages ? { messages } : {}),
    ...(request ? { request } : {}),
    ...(upstream.length > 0 ? { upstream } : {}),
    ...(gateway.length > 0 ? { gateway } : {}),
  };
}

function isEqual(left: readonly Finding[][], right: readonly Finding[][]): boolean {
  return left.every((list, index) => {
    const other = right[index] ?? [];
    return list.length === other.length && list.every((one, at) => keyOf(one) === keyOf(other[at] as Finding));
  });
}

function keyOf({ rule, severity, event, outputIndex, itemId }: Finding): string {
  return JSON.stringify([rule, severity, event, outputIndex, itemId]);
}

/** The finding in the words of the redacted stream; one that only the live linter could make, without details. */
function reword(finding: Finding, after: readonly Finding[]): Finding {
  const same = after.find((one) => keyOf(one) === keyOf(finding));
  if (same) return { ...finding, message: same.message, expected: same.expected, actual: same.actual };
  return { ...finding, message: findRule(finding.rule)?.title ?? finding.rule, expected: null, actual: null };
}
