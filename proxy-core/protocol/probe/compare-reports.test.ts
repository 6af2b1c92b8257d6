import { describe, expect, it } from 'vitest';
import { compareReports, isProbeReport, toChangeLine } from './compare-reports.ts';

const report = (rows: { [name: string]: [status: string, ...rules: string[]] }) => ({
  scenarios: Object.entries(rows).map(([name, [status, ...rules]]) => ({
    name,
    status,
    findings: rules.map((rule) => ({ rule, severity: 'error' })),
  })),
});

describe('probe reports compared', () => {
  it('are equal when statuses and faults are, whatever the messages say', () => {
    const one = report({ text: ['pass'], tool: ['fail', 'item-done'] });
    expect(compareReports(one, report({ text: ['pass'], tool: ['fail', 'item-done'] }))).toEqual([]);
  });

  it('tell what became better, worse or other', () => {
    const changes = compareReports(
      report({ text: ['pass'], tool: ['fail', 'item-done'], image: ['pass'] }),
      report({ text: ['fail', 'item-id-announced'], tool: ['fail', 'part-done'], cancel: ['pass'] }),
    );
    expect(changes.map(toChangeLine)).toEqual([
      'text: pass → fail; new: item-id-announced',
      'tool: still fail; new: part-done; gone: item-done',
      'cancel: not run → pass',
      'image: pass → not run',
    ]);
  });

  it('take files of strangers as they are', () => {
    expect(isProbeReport({ scenarios: [] })).toBe(true);
    expect(isProbeReport([1])).toBe(false);
    expect(compareReports({ scenarios: [null, 7] }, { scenarios: 'x' })).toMatchObject([{ name: '', before: '' }]);
  });
});
