import { describe, expect, it } from 'vitest';
import { change, textStream } from '../protocol/lint/example-streams.ts';
import { toCaseEvents } from '../protocol/lint/run-case.ts';
import { lintFrames } from '../protocol/lint/run-rules.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { gatewayFindings } from './gateway-findings.ts';

const broken = change(textStream(), 'response.output_text.delta', { item_id: 'chatcmpl-1' });
const emitted = Buffer.from(
  toCaseEvents(broken)
    .map(({ name, data }) => `event: ${name}\ndata: ${data}\n\n`)
    .join(''),
);
const chat = (text: string, finish: string | null): Buffer =>
  Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text }, finish_reason: finish }], usage: {} })}\n\n`);

/** As the step was judged while only its own side was known: everything came from the upstream. */
const before = lintFrames(readFrames(emitted)).findings.map((finding) => ({ ...finding, hop: 'upstream' as const }));

describe('findings of a gateway in the middle', () => {
  it('blame the gateway for what the inner answer did not have', () => {
    const after = gatewayFindings({ findings: before, emitted, inner: chat('It is sunny.', 'stop') });
    expect(after.map(({ rule, hop }) => `${rule} ${hop}`)).toEqual(['item-id-announced bridge', 'item-id-announced bridge']);
    expect(before.every(({ hop }) => hop === 'upstream')).toBe(true);
  });

  it('say what the gateway lost and what it made of a cut', () => {
    const after = gatewayFindings({ findings: before, emitted, inner: chat('It is sunny. Take a hat.', null) });
    expect(after.map(({ rule }) => rule)).toEqual([
      'item-id-announced',
      'item-id-announced',
      'upstream-end-honoured',
      'upstream-content-kept',
    ]);
  });

  it('stay as they were when the inner call is in an unknown format', () => {
    expect(gatewayFindings({ findings: before, emitted, inner: Buffer.from('data: {"x":1}\n\n') })).toEqual(before);
  });
});
