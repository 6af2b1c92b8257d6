import { describe, expect, it } from 'vitest';
import { callStream, change, textStream } from '../example-streams.ts';
import { runCase } from '../run-case.ts';
import { deltasEqualDone } from './deltas-equal-done.ts';

describe('deltas-equal-done', () => {
  it('is silent on its good example', () => {
    expect(runCase(deltasEqualDone.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(deltasEqualDone.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['deltas-equal-done']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 6 });
  });

  it('tells a difference once, however often it is repeated', () => {
    const text = 'Something else.';
    let events = change(textStream(), 'response.output_text.done', { text });
    events = change(events, 'response.content_part.done', { part: { text } });
    events = change(events, 'response.output_item.done', { item: { content: [{ type: 'output_text', text }] } });
    expect(runCase({ events })).toMatchObject([{ rule: 'deltas-equal-done', event: 6, expected: 'It is sunny.', actual: text }]);
  });

  it('leaves it to nothing-after-done when the missing delta comes too late', () => {
    const events = textStream();
    const late = [...events.slice(0, 5), ...events.slice(6, 9), events[5] ?? {}, ...events.slice(9)];
    expect(runCase({ events: late }).map(({ rule, event }) => `${rule} ${event}`)).toEqual(['nothing-after-done 8']);
  });

  it('counts what the announcement already held', () => {
    const events = change(callStream(), 'response.output_item.added', { item: { arguments: '{"city":"Paris"}' } });
    expect(runCase({ events }).map(({ rule }) => rule)).toEqual(['deltas-equal-done']);
  });

  it('finds a done item without its arguments', () => {
    const events = change(callStream(), 'response.output_item.done', { item: { arguments: '' } });
    expect(runCase({ events }).map(({ rule, event }) => `${rule} ${event}`)).toEqual(['deltas-equal-done 6']);
  });
});
