/** On a Node that is too old there is one sentence, never a crash in a native module. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromRoot } from '../../scripts/lib/paths.ts';

/** A Node older than 22 on PATH: on many machines the one that ran npm. */
function findOldNode(): string | undefined {
  const candidates = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'].map((folder) => join(folder, 'node'));
  return candidates
    .filter((path) => existsSync(path))
    .find((path) => Number(/^v(\d+)/.exec(run(path, ['--version']).text)?.[1] ?? 99) < 22);
}

function run(command: string, args: string[]): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return { code: status, text: `${stdout}${stderr}` };
}

const oldNode = findOldNode();
const isBuilt = existsSync(fromRoot('dist/bridge/cli.mjs'));

describe.skipIf(oldNode === undefined)('under a Node that is too old (skipped where no such Node is installed)', () => {
  const old = oldNode ?? '';

  it('a script of the project says how to run it', () => {
    const { code, text } = run(old, [fromRoot('scripts/run.mjs'), 'test']);
    expect(code).toBe(2);
    expect(text).toMatch(/^Deltascope runs on Node 24, and this is Node \d+\.\d+\.\d+: run it through npm .*\n$/);
  });

  it.skipIf(!isBuilt)('the built command line says what it needs (skipped when it is not built)', () => {
    const { code, text } = run(old, [fromRoot('dist/bridge/cli.mjs'), 'serve', '--port', '0']);
    expect(code).toBe(2);
    expect(text).toMatch(/^deltascope: This is Node .*needs 22\.14 or newer.*\n$/);
  });
});
