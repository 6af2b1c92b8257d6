/**
 * Gets a real LiteLLM from PyPI into `.cache/peers/<version>`, once per version. What the release pins and
 * the package index at hand does not have is let go in a second try, named in the result.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../scripts/lib/run-program.ts';

export interface LitellmInstall {
  version: string;
  /** The command. */
  binary: string;
  /** What a reader should know about how it was installed; null when it went as the release wants it. */
  note: string | null;
}

const PYTHON = process.env['DELTASCOPE_PYTHON'] ?? 'python3';
/** Neither matters to what is tested: certificates of others, and migrations of a database that is not used. */
const UNPINNED = ['certifi', 'litellm-proxy-extras'];
const LIMIT_MS = 15 * 60_000;

/** @throws with pip's own last lines when it can't be had. */
export async function provideLitellm(version: string, cacheDir: string): Promise<LitellmInstall> {
  const dir = join(cacheDir, version);
  const bin = join(dir, process.platform === 'win32' ? 'Scripts' : 'bin');
  const binary = join(bin, 'litellm');
  const done = join(dir, 'deltascope-installed');
  if (existsSync(done) && existsSync(binary)) return { version, binary, note: null };
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(cacheDir, { recursive: true });
  await run(PYTHON, ['-m', 'venv', dir]);
  const python = join(bin, 'python');
  const wanted = `litellm[proxy]==${version}`;
  const first = await runProgram(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', wanted], { limitMs: LIMIT_MS });
  let note: string | null = null;
  if (first.code !== 0) {
    note = `its pins of ${UNPINNED.join(' and ')} were let go, because this package index lacks them`;
    await run(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', 'uv']);
    const overrides = join(dir, 'overrides.txt');
    writeFileSync(overrides, `${UNPINNED.join('\n')}\n`);
    await run(join(bin, 'uv'), ['pip', 'install', '-q', '--python', python, '--override', overrides, wanted]);
  }
  writeFileSync(done, note ?? '');
  return { version, binary, note };
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runProgram(command, args, { limitMs: LIMIT_MS });
  if (code !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} failed: ${output.trim().split('\n').slice(-3).join(' ')}`);
}
