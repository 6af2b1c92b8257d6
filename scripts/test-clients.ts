/**
 * `npm run test:clients`: the tool loop of clients that `npm ci` does not bring, over each upstream kind. Fetches
 * the Python clients into a virtual environment and Codex into a folder of their own, both below .cache, at
 * their first run. Arguments go to vitest (`-- -t codex`). Not part of `npm test`: it needs Python and more time.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fromRoot } from './lib/paths.ts';
import { runProgram } from './lib/run-program.ts';

const CODEX_VERSION = '0.169.0';
const REQUIREMENTS = fromRoot('test/clients/python/requirements.txt');

await fetchOnce('python-clients', readFileSync(REQUIREMENTS, 'utf8'), async (folder) => {
  const python = process.env['PYTHON'] ?? 'python3';
  await run(python, ['-m', 'venv', folder], 'A Python 3.10 or newer with venv is needed; name it in PYTHON if it is not python3.');
  await run(`${folder}/bin/python`, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS], '');
});
await fetchOnce('codex', CODEX_VERSION, async (folder) => {
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, `@openai/codex@${CODEX_VERSION}`], '');
});
const vitest = fromRoot('node_modules/vitest/vitest.mjs');
const tests = spawn(process.execPath, [vitest, 'run', '--config', 'test/clients/vitest.config.ts', ...process.argv.slice(2)], {
  cwd: fromRoot(),
  stdio: 'inherit',
});
tests.on('exit', (code) => (process.exitCode = code ?? 1));

/** Fetches into .cache/<name>, unless the same is there already. */
async function fetchOnce(name: string, what: string, fetchInto: (folder: string) => Promise<void>): Promise<void> {
  const folder = fromRoot(`.cache/${name}`);
  const mark = `${folder}/fetched`;
  const wanted = createHash('sha256').update(what).digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  console.log(`fetching ${name} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await fetchInto(folder);
  writeFileSync(mark, wanted);
}

async function run(program: string, args: string[], hint: string): Promise<void> {
  const result = await runProgram(program, args, { limitMs: 15 * 60_000 });
  if (result.code === 0) return;
  console.error(`test:clients: ${program} ${args.join(' ')} failed. ${hint}`);
  process.exit(2);
}
