/**
 * Builds what is stale, and says nothing unless that fails: stdout belongs to whoever called. Two
 * processes that find the same part stale build it once; the second one waits.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fromRoot, ROOT } from './paths.ts';
import { staleParts, type Part } from './stale.ts';

/** Exits the process with 2 when the build fails: there is nothing to run then. */
export async function buildIfStale(parts: readonly Part[]): Promise<void> {
  if (staleParts(parts).length === 0) return;
  const release = await takeBuildLock();
  try {
    const stale = staleParts(parts);
    if (stale.length === 0) return;
    const result = spawnSync(process.execPath, [fromRoot('scripts/run.mjs'), 'build', ...stale], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    if (result.status === 0) return;
    process.stderr.write(`${result.stdout}${result.stderr}\nDeltascope could not be built; the lines above say why.\n`);
    process.exit(2);
  } finally {
    release();
  }
}

/**
 * A lock that the system takes back when its holder dies, however it dies: an exclusive transaction on
 * an empty SQLite file. Waits up to five minutes for another build.
 */
async function takeBuildLock(): Promise<() => void> {
  const { default: Database } = await import('better-sqlite3');
  mkdirSync(fromRoot('.cache'), { recursive: true });
  const database = new Database(fromRoot('.cache/build-lock.db'), { timeout: 300_000 });
  database.exec('BEGIN EXCLUSIVE');
  return () => database.close();
}
