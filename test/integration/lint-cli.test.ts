/** `deltascope lint` as a process: exit codes, stdin, and nothing but the document on stdout. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { change, textStream } from '../../proxy-core/protocol/lint/example-streams.ts';
import { toCaseEvents } from '../../proxy-core/protocol/lint/run-case.ts';

const root = join(import.meta.dirname, '../..');
const sse = (events: ReturnType<typeof textStream>): string =>
  toCaseEvents(events)
    .map(({ name, data }) => `event: ${name}\ndata: ${data}\n\n`)
    .join('');

describe('deltascope lint', () => {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'deltascope-lint-'));
    writeFileSync(join(dir, 'clean.sse'), sse(textStream()));
    writeFileSync(join(dir, 'broken.sse'), sse(change(textStream(), 'response.output_text.delta', { item_id: 'chatcmpl-1' })));
    writeFileSync(join(dir, 'other.txt'), 'hello');
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  const lint = (args: string[], input?: string) =>
    spawnSync(process.execPath, [join(root, 'proxy-core/cli.ts'), 'lint', ...args], {
      cwd: dir,
      env: { ...process.env, INIT_CWD: dir },
      encoding: 'utf8',
      ...(input === undefined ? {} : { input }),
    });

  it('exits with 0 for a clean stream and 1 for a broken one', () => {
    expect(lint(['clean.sse']).status).toBe(0);
    const broken = lint(['clean.sse', 'broken.sse', '--format', 'json']);
    expect(broken.status).toBe(1);
    expect(parseJsonObject(broken.stdout)?.['summary']).toEqual({ error: 2, warning: 0, note: 0 });
    expect(broken.stderr).toBe('');
  });

  it('exits with 2 for what it cannot read, with one line each, and does the others', () => {
    const { status, stdout, stderr } = lint(['gone.sse', 'other.txt', 'broken.sse', '--format', 'json']);
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(2);
    expect(stderr).toContain('gone.sse');
    expect(parseJsonObject(stdout)?.['summary']).toEqual({ error: 2, warning: 0, note: 0 });
  });

  it('exits with 2 for bad usage', () => {
    expect(lint(['clean.sse', '--format', 'xml']).status).toBe(2);
    expect(lint(['clean.sse', '--rule', 'nope']).status).toBe(2);
    expect(lint([]).status).toBe(2);
  });

  it('reads stdin', () => {
    const { status, stdout } = lint(['-', '--format', 'json'], sse(textStream()));
    expect(status).toBe(0);
    expect(parseJsonObject(stdout)).toMatchObject({ files: [{ events: 10, findings: [] }] });
  });
});
