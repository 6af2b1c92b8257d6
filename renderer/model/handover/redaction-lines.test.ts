import { describe, expect, it } from 'vitest';
import { toRedactionLines } from './redaction-lines.ts';

const show = (line: { after: { text: string; kind: string }[] } | undefined): string =>
  (line?.after ?? []).map(({ text, kind }) => (kind === 'redacted' ? `<${text}>` : kind === 'id' ? `{${text}}` : text)).join('');

describe('redaction shown line by line', () => {
  it('marks a replaced text as one span and leaves ids alone', () => {
    const before = 'data: {"item_id":"msg_1","delta":" 21 degrees."}\n\ndone';
    const after = 'data: {"item_id":"msg_1","delta":" 00 xxxxxxx."}\n\ndone';
    const lines = toRedactionLines(before, after);
    expect(show(lines[0])).toBe('data: {"item_id":"{msg_1}","delta":" <00 xxxxxxx>."}');
    expect(lines.map(({ count }) => count)).toEqual([1, 0, 0]);
    expect(lines[0]?.before.find(({ kind }) => kind === 'redacted')?.text).toBe('21 degrees');
  });

  it('keeps texts of two fields apart', () => {
    expect(show(toRedactionLines('{"a":"Paris","b":"Rome"}', '{"a":"Xxxxx","b":"Xxxx"}')[0])).toBe('{"a":"<Xxxxx>","b":"<Xxxx>"}');
  });

  it('marks what lies between equal ends when lengths differ', () => {
    expect(show(toRedactionLines('key: abc!', 'key: [redacted]!')[0])).toBe('key: <[redacted]>!');
  });

  it('shows files without an earlier form as they are, and cuts endless lines', () => {
    expect(toRedactionLines(null, 'a\nb').map(({ count }) => count)).toEqual([0, 0]);
    expect(show(toRedactionLines(null, 'a'.repeat(7000))[0])).toContain('… 1,000 more characters');
  });
});
