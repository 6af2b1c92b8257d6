/** The bridge as a process of its own, started from the command line, and stopped as a user stops it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ReadyObject } from '../../proxy-core/protocol/api/control-api.ts';
import type { UpstreamConfig } from '../../proxy-core/upstreams/upstream.ts';

export interface SpawnedBridge {
  ready: ReadyObject;
  /** SIGTERM; settles with the exit code. */
  stop(): Promise<number | null>;
}

export async function spawnBridge(dataDir: string, upstreams: UpstreamConfig[]): Promise<SpawnedBridge> {
  const cli = join(import.meta.dirname, '..', '..', 'proxy-core', 'cli.ts');
  const flags = upstreams.flatMap((upstream) => ['--upstream', JSON.stringify(upstream)]);
  const child = spawn(process.execPath, [cli, 'serve', '--port', '0', '--no-open', '--ready-json', '--data-dir', dataDir, ...flags], {
    env: { ...process.env, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  let complaints = '';
  child.stderr.on('data', (bytes: Buffer) => (complaints += bytes.toString('utf8')));
  const firstLine = new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  const line = await Promise.race([firstLine, exited]);
  if (typeof line !== 'string') throw new Error(`the bridge ended with ${String(line)}: ${complaints}`);
  return {
    ready: JSON.parse(line) as ReadyObject,
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}
