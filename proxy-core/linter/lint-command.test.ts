import { describe, expect, it } from 'vitest';
import { asArray, asObject, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { change, insert, textStream } from '../protocol/lint/example-streams.ts';
import type { CaseEvent } from '../protocol/lint/define-rule.ts';
import { toCaseEvents } from '../protocol/lint/run-case.ts';
import { runLint, type LintArgs } from './lint-command.ts';

const sse = (events: CaseEvent[]): string =>
  toCaseEvents(events)
    .map(({ name, data }) => `event: ${name}\ndata: ${data}\n\n`)
    .join('');
const files: Record<string, string> = {
  'clean.sse': sse(textStream()),
  'broken.sse': sse(change(textStream(), 'response.output_text.delta', { item_id: 'chatcmpl-1' })),
  'warning.sse': sse(change(textStream(), 'response.completed', { response: { usage: null } })),
  'note.sse': sse(insert(textStream(), 3, { type: 'response.extra' })),
  'text.txt': 'hello',
  '-': sse(textStream()),
};
const lint = (args: Partial<LintArgs>) =>
  runLint(
    { files: ['clean.sse'], format: 'json', ...args },
    {
      version: '1.0.0',
      readFile: (file) => {
        const text = files[file];
        return text === undefined ? Promise.reject(Object.assign(new Error('x'), { code: 'ENOENT' })) : Promise.resolve(Buffer.from(text));
      },
    },
  );
const parse = (stdout: string): JsonObject => parseJsonObject(stdout) ?? {};

describe('lint command', () => {
  it('says nothing and exits with 0 for a clean stream', async () => {
    const { exitCode, stdout, stderr } = await lint({});
    expect(exitCode).toBe(0);
    expect(parse(stdout)).toEqual({ files: [{ file: 'clean.sse', events: 10, findings: [] }], summary: { error: 0, warning: 0, note: 0 } });
    expect(stderr).toEqual([]);
  });

  it('exits with 1 for errors and with 0 for warnings and notes', async () => {
    expect((await lint({ files: ['broken.sse', 'clean.sse'] })).exitCode).toBe(1);
    expect((await lint({ files: ['warning.sse', 'note.sse'] })).exitCode).toBe(0);
  });

  it('exits with 2 for what it cannot read, and still does the others', async () => {
    const { exitCode, stdout, stderr } = await lint({ files: ['gone.sse', 'broken.sse', 'text.txt'] });
    expect(exitCode).toBe(2);
    expect(asArray(parse(stdout)['files'])).toHaveLength(1);
    expect(stderr).toEqual([
      "gone.sse: can't be read: no such file",
      'text.txt: no SSE frame, HAR, bundle or WebSocket recording was found in it',
    ]);
  });

  it('reads stdin for -', async () => {
    expect(asObject(asArray(parse((await lint({ files: ['-'] })).stdout)['files'])[0])).toMatchObject({ events: 10 });
  });

  it('keeps to the rules and severities that were asked for', async () => {
    const only = parse((await lint({ files: ['broken.sse', 'warning.sse'], rules: ['usage-present'] })).stdout);
    expect(only['summary']).toEqual({ error: 0, warning: 1, note: 0 });
    const grave = parse((await lint({ files: ['warning.sse', 'note.sse'], minSeverity: 'warning' })).stdout);
    expect(grave['summary']).toEqual({ error: 0, warning: 1, note: 0 });
  });

  it('refuses unknown formats, severities and rules, and no file', async () => {
    await expect(lint({ format: 'xml' })).rejects.toThrow('--format is "xml"; it must be pretty, json, sarif.');
    await expect(lint({ minSeverity: 'fatal' })).rejects.toThrow('--min-severity');
    await expect(lint({ rules: ['no-such-rule'] })).rejects.toThrow('no-such-rule');
    await expect(lint({ files: [] })).rejects.toThrow('Which file?');
  });

  it('writes SARIF with the line of each finding', async () => {
    const [run] = asArray(parse((await lint({ files: ['broken.sse'], format: 'sarif' })).stdout)['runs']).map(asObject);
    expect(asArray(run?.['results'])[0]).toMatchObject({ locations: [{ physicalLocation: { region: { startLine: 13 } } }] });
  });
});
