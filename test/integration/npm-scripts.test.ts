/** `npm run -s deltascope` as other programs call it: from their own folder, with clean stdout, ended by a signal. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { ROOT } from '../../scripts/lib/paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'deltascope-npm-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const toArguments = (...args: string[]): string[] => ['--prefix', ROOT, 'run', '-s', 'deltascope', '--', ...args];

describe('npm run -s deltascope', () => {
  it('takes files relative to the folder it is called in, and prints one JSON document and nothing else', () => {
    writeFileSync(join(folder, 'cut.sse'), 'data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1"}}\n\n');
    const { status, stdout } = spawnSync('npm', toArguments('lint', 'cut.sse', '--format', 'json'), { cwd: folder, encoding: 'utf8' });
    const report = parseJsonObject(stdout);
    expect(status).toBe(1);
    expect(report?.['files']).toMatchObject([{ file: 'cut.sse', events: 1 }]);
  });

  it('exits with 2 and one line for a file that is not there', () => {
    const { status, stdout, stderr } = spawnSync('npm', toArguments('lint', 'none.sse'), { cwd: folder, encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(
      stderr
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('deltascope:')),
    ).toHaveLength(1);
  });

  it('serve: the first line is the ready object, and a signal to npm ends the bridge with 0', async () => {
    const npm = spawn('npm', toArguments('serve', '--port', '0', '--ready-json', '--data-dir', join(folder, 'data')), {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(createInterface({ input: npm.stdout }), 'line')) as [string];
    const ready = parseJsonObject(line);
    expect(ready).toMatchObject({ type: 'ready', dataDir: join(folder, 'data') });
    expect((await fetch(`${String(ready?.['url'])}/api/health`)).status).toBe(200);
    npm.kill('SIGTERM');
    expect(await once(npm, 'exit')).toEqual([0, null]);
  });
});
