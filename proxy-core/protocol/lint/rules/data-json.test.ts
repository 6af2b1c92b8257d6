import { describe, expect, it } from 'vitest';
import { callEvents, textStream, wholeStream } from '../example-streams.ts';
import { runCase } from '../run-case.ts';
import { dataJson } from './data-json.ts';

describe('data-json', () => {
  it('is silent on its good example', () => {
    expect(runCase(dataJson.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(dataJson.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['data-json']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 5 });
  });

  it('speaks alone when a delta or a done is lost with it', () => {
    const lose = (events: ReturnType<typeof textStream>, at: number) =>
      events.map((event, index) => (index === at ? { raw: '{"type":"resp', name: 'x' } : { ...event, sequence_number: index }));
    expect(runCase({ events: lose(textStream(), 5) }).map(({ rule }) => rule)).toEqual(['data-json']);
    expect(runCase({ events: lose(textStream(), 8) }).map(({ rule }) => rule)).toEqual(['data-json']);
    expect(runCase({ events: lose(wholeStream(callEvents(0, 'fc_1', 'call_1', ['{}', ' '])), 4) }).map(({ rule }) => rule)).toEqual([
      'data-json',
    ]);
  });
});
