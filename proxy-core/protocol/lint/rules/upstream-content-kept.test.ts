import { describe, expect, it } from 'vitest';
import { callEvents, messageEvents, reasoningEvents, wholeStream } from '../example-streams.ts';
import { appendToSegment, createSegment, type SegmentKind } from '../model/segments.ts';
import { exampleDigest } from '../upstream-digest/example-digest.ts';
import { runCase } from '../run-case.ts';
import { upstreamContentKept } from './upstream-content-kept.ts';

describe('upstream-content-kept', () => {
  it('is silent on its good example', () => {
    expect(runCase(upstreamContentKept.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(upstreamContentKept.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['upstream-content-kept']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: null });
  });

  const upstream = (...blocks: [SegmentKind, string][]) => ({
    ...exampleDigest([]),
    segments: blocks.map(([kind, text]) => {
      const segment = createSegment(kind);
      appendToSegment(segment, text);
      return segment;
    }),
  });
  const rulesOf = (items: Parameters<typeof wholeStream>, ...blocks: [SegmentKind, string][]): string[] =>
    runCase({ events: wholeStream(...items), end: { upstream: upstream(...blocks) } }).map(({ message }) => message);

  it('compares tool input as JSON and lets neighbours of one kind merge', () => {
    const items = [
      reasoningEvents(0, 'rs_1', ['Think ', 'twice.']),
      messageEvents(1, 'msg_1', ['Yes.']),
      callEvents(2, 'fc_1', 'call_1', ['{ "a": 1, "b": 2 }']),
    ];
    expect(rulesOf(items, ['reasoning', 'Think '], ['reasoning', 'twice.'], ['text', 'Yes.'], ['tool', '{"b":2,"a":1}'])).toEqual([]);
  });

  it('says whether a block was lost or only moved', () => {
    const items = [messageEvents(0, 'msg_1', ['Yes.']), callEvents(1, 'fc_1', 'call_1', ['{}'])];
    expect(rulesOf(items, ['tool', '{}'], ['text', 'Yes.'])[0]).toContain('arrives in another order');
    expect(rulesOf(items, ['text', 'Yes.'], ['tool', '{}'], ['text', 'Bye.'])[0]).toContain('does not arrive as it was sent');
  });

  it('does not ask for anything when the client left', () => {
    expect(runCase({ events: [], end: { cause: 'client-gone', upstream: upstream(['text', 'Yes.']) } })).toEqual([]);
  });
});
