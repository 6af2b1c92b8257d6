/** Gets a real Arize Phoenix, a backend for OpenTelemetry traces of models, from PyPI into `.cache/otel`, once per version. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../scripts/lib/run-program.ts';

const PYTHON = process.env['DELTASCOPE_PYTHON'] ?? 'python3';
const LIMIT_MS = 20 * 60_000;

/** @returns its command. @throws with pip's own last lines when it can't be had. */
export async function providePhoenix(version: string, cacheDir: string): Promise<string> {
  const dir = join(cacheDir, 'phoenix');
  const bin = join(dir, process.platform === 'win32' ? 'Scripts' : 'bin');
  const done = join(dir, 'deltascope-installed');
  if (existsSync(done) && readFileSync(done, 'utf8') === version) return join(bin, 'phoenix');
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(cacheDir, { recursive: true });
  await run(PYTHON, ['-m', 'venv', dir]);
  await run(join(bin, 'python'), ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', `arize-phoenix==${version}`]);
  writeFileSync(done, version);
  return join(bin, 'phoenix');
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runProgram(command, args, { limitMs: LIMIT_MS });
  if (code !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} failed: ${output.trim().split('\n').slice(-3).join(' ')}`);
}
