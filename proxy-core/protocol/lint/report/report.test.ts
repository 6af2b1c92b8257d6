import { describe, expect, it } from 'vitest';
import { asArray, asObject, parseJsonObject } from '../../json.ts';
import { change, textStream } from '../example-streams.ts';
import { runCase } from '../run-case.ts';
import { toJsonReport } from './json.ts';
import { toPrettyReport } from './pretty.ts';
import { groupFindings } from './report.ts';
import { toSarifReport } from './sarif.ts';

const events = change(change(textStream(), 'response.output_text.delta', { item_id: 'chatcmpl-1' }), 'response.completed', {
  response: { usage: null },
});
const findings = runCase({ events });
const files = [
  {
    file: 'a b.sse',
    events: events.length,
    findings,
    places: new Map(events.map((_, index) => [index, { line: index * 3 + 1, byteOffset: index * 10, byteLength: 10 }])),
  },
  { file: 'clean.sse', events: 9, findings: [] },
];

describe('reports', () => {
  it('groups what one rule says about one fault', () => {
    expect(groupFindings(findings).map(({ first, others, events: all }) => [first.rule, others.length, all])).toEqual([
      ['item-id-announced', 1, [4, 5]],
      ['usage-present', 0, [9]],
    ]);
  });

  it('json has one entry per file and a summary', () => {
    const report = parseJsonObject(toJsonReport(files));
    expect(report?.['summary']).toEqual({ error: 2, warning: 1, note: 0 });
    expect(asArray(report?.['files']).map((file) => [asObject(file)['file'], asArray(asObject(file)['findings']).length])).toEqual([
      ['a b.sse', 3],
      ['clean.sse', 0],
    ]);
    expect(Object.keys(asObject(asArray(asObject(asArray(report?.['files'])[0])['findings'])[0])).toSorted()).toEqual([
      'actual',
      'event',
      'expected',
      'hop',
      'itemId',
      'knownIssues',
      'message',
      'outputIndex',
      'related',
      'rule',
      'sequenceNumber',
      'severity',
    ]);
  });

  it('pretty tells a fault once and counts its events', () => {
    const text = toPrettyReport(files);
    expect(text).toContain('error    item-id-announced  2 events: 4, 5');
    expect(text).toContain('clean.sse  (9 events)\n  no findings');
    expect(text).toContain('2 streams: 2 errors, 1 warning, 0 notes');
  });

  it('sarif names the rules that fired and where', () => {
    const run = asObject(asArray(parseJsonObject(toSarifReport(files, '1.0.0'))?.['runs'])[0]);
    const driver = asObject(asObject(run['tool'])['driver']);
    expect(asArray(driver['rules']).map((rule) => asObject(rule)['id'])).toEqual(['item-id-announced', 'usage-present']);
    const [first] = asArray(run['results']).map(asObject);
    expect(first).toMatchObject({
      ruleId: 'item-id-announced',
      ruleIndex: 0,
      level: 'error',
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'a%20b.sse' }, region: { startLine: 13, byteOffset: 40, byteLength: 10 } } },
      ],
    });
  });
});
