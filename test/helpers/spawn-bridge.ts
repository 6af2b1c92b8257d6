/** The bridge as a process of its own, started from the command line, and stopped as a user stops it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ReadyObject } from '../../proxy-core/protocol/api/control-api.ts';
import type { UpstreamConfig } from '../../proxy-core/upstreams/upstream.ts';

export interface SpawnedBridge {
  ready: ReadyObject;
  pid: number;
  /** Everything it has written to stdout and stderr so far. */
  output(): string;
  /** The control API, with the token. @throws with status and body when it does not answer 2xx. */
  api<T>(path: string, init?: RequestInit): Promise<T>;
  /** SIGTERM; settles with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; settles when the process is gone. */
  kill(): Promise<void>;
}

export interface SpawnOptions {
  /** Run what the build made instead of the sources. */
  isBuilt?: boolean;
  /** SIGKILL this long after its start, ready or not; when it is not, the promise rejects. */
  killAfterMs?: number;
  /** More flags of `serve`. */
  flags?: string[];
  env?: NodeJS.ProcessEnv;
  /** Put before the command: a shell that sets limits, say. */
  wrapper?: [command: string, ...args: string[]];
}

export async function spawnBridge(dataDir: string, upstreams: UpstreamConfig[], options: SpawnOptions = {}): Promise<SpawnedBridge> {
  const cli = join(import.meta.dirname, '..', '..', options.isBuilt ? 'dist/bridge/cli.mjs' : 'proxy-core/cli.ts');
  const flags = [...upstreams.flatMap((upstream) => ['--upstream', JSON.stringify(upstream)]), ...(options.flags ?? [])];
  const own = [process.execPath, cli, 'serve', '--port', '0', '--no-open', '--ready-json', '--data-dir', dataDir, ...flags];
  const [command, ...args] = [...(options.wrapper ?? []), ...own] as [string, ...string[]];
  const child = spawn(command, args, {
    env: { ...process.env, CI: 'true', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  // A test that fails half-way must not leave its bridge behind.
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (output += bytes.toString('utf8')));
  const firstLine = new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  if (options.killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), options.killAfterMs);
  const line = await Promise.race([firstLine, exited]);
  if (typeof line !== 'string') throw new Error(`the bridge ended with ${String(line)}: ${output}`);
  const ready = JSON.parse(line) as ReadyObject;
  return {
    ready,
    pid: child.pid ?? 0,
    output: () => output,
    async api<T>(path: string, init: RequestInit = {}) {
      const reply = await fetch(`${ready.url}${path}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${ready.token}` } });
      if (!reply.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${reply.status} ${await reply.text()}`);
      return (await reply.json()) as T;
    },
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
