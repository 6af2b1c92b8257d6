import { describe, expect, it } from 'vitest';
import { callEvents, change, messageEvents, textStream, wholeStream, without } from '../example-streams.ts';
import { runCase } from '../run-case.ts';
import { itemIdAnnounced } from './item-id-announced.ts';

describe('item-id-announced', () => {
  it('is silent on its good example', () => {
    expect(runCase(itemIdAnnounced.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(itemIdAnnounced.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['item-id-announced']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 4 });
  });

  it('names the open item that the event probably means', () => {
    const [first, second] = runCase({ events: change(textStream(), 'response.output_text.delta', { item_id: 'msg_other' }) });
    expect(first).toMatchObject({ event: 4, itemId: 'msg_other', expected: 'msg_1', actual: 'msg_other', related: [5] });
    expect(second).toMatchObject({ event: 5, related: [4] });
  });

  it('speaks alone when an item was never announced, and links its done', () => {
    const events = wholeStream(callEvents(0, 'fc_1', 'call_1', ['{}']), messageEvents(1, 'chatcmpl-1', ['Hi', '!']).slice(2));
    const findings = runCase({ events });
    expect(findings.map(({ rule, event }) => `${rule} ${event}`)).toEqual([6, 7, 8, 9].map((event) => `item-id-announced ${event}`));
    expect(findings[0]?.related).toEqual([7, 8, 9, 10]);
  });

  it('lets a late announcement count from then on', () => {
    const events = textStream();
    const late = [...events.slice(0, 2), events[4], events[2], events[3], ...events.slice(5)].filter((event) => event !== undefined);
    expect(runCase({ events: late }).map(({ rule, event }) => `${rule} ${event}`)).toEqual(['item-id-announced 2']);
  });

  it('leaves a resumed stream alone', () => {
    const events = without(textStream(), 'response.created', 'response.in_progress').map((event, index) => ({
      ...event,
      sequence_number: index + 7,
    }));
    expect(runCase({ events: events.slice(2) })).toEqual([]);
  });
});
