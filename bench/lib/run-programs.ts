/**
 * The processes of a network line: upstream, pipe, bridge and load generator, each alone on its event loop.
 * A live feed is open on the bridge while it is measured, as it is when somebody looks at the page.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { ReadyObject } from '../../proxy-core/protocol/api/control-api.ts';
import { asNumber, asObject, parseJson, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import type { Load, LoadReport } from '../programs/load.ts';

const ROOT = resolve(import.meta.dirname, '../..');
export const CLI = join(ROOT, 'dist/bridge/cli.mjs');

export interface Served {
  port: number;
  stop(): Promise<void>;
}

/** `bench/programs/<name>.ts`, once it listens. */
export async function startProgram(name: 'upstream' | 'pipe', ...args: string[]): Promise<Served> {
  const child = fork(join(ROOT, 'bench/programs', `${name}.ts`), args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const port = asNumber(asObject(parseJson(await firstLine(child)))['port']) ?? 0;
  return { port, stop: () => stop(child) };
}

export interface RunningBridge {
  ready: ReadyObject;
  /** From the start of the process to its ready line. */
  startMs: number;
  dataDir: string;
  /** Resident memory, in MB. */
  memoryMb(): number;
  stop(): Promise<void>;
}

export interface BridgeOptions {
  upstreams?: readonly object[];
  /** Kept afterwards when it is given; else a new one, removed at the end. */
  dataDir?: string;
  nodeArgs?: readonly string[];
  withLiveFeed?: boolean;
  /** The built command line, or its source for profiles with readable names. */
  entry?: string;
}

/** The built bridge, as users start it. */
export async function startBridge({
  upstreams = [],
  dataDir,
  nodeArgs = [],
  withLiveFeed = true,
  entry = CLI,
}: BridgeOptions): Promise<RunningBridge> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'deltascope-bench-'));
  const flags = upstreams.flatMap((upstream) => ['--upstream', JSON.stringify(upstream)]);
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...nodeArgs, entry, 'serve', '--port', '0', '--data-dir', folder, '--ready-json', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = parseJsonObject(await firstLine(child)) as unknown as ReadyObject;
  const startMs = performance.now() - startedAt;
  const feed = withLiveFeed ? get(`${ready.url}/api/live`, { headers: { authorization: `Bearer ${ready.token}` } }) : undefined;
  feed?.on('response', (reply) => void reply.on('error', () => undefined).resume());
  feed?.on('error', () => undefined);
  return {
    ready,
    startMs,
    dataDir: folder,
    memoryMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024,
    async stop() {
      feed?.destroy();
      await stop(child);
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface LoadGenerator {
  /** @throws Error when an answer was not whole: such a run says nothing about speed. */
  run(load: Load): Promise<LoadReport>;
  stop(): Promise<void>;
}

export function startLoad(): LoadGenerator {
  const child = fork(join(ROOT, 'bench/programs/load.ts'), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return {
    run: (load) =>
      new Promise((resolveReport, reject) => {
        child.once('message', (message) => {
          const report = message as LoadReport;
          if (report.faults.length === 0) return resolveReport(report);
          reject(new Error(`${report.faults.length} of ${load.streams} answers of ${load.url} were not whole: ${report.faults[0]}`));
        });
        child.send(load);
      }),
    stop: () => stop(child),
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolveLine, reject) => {
    if (!child.stdout) return reject(new Error('The program has no output.'));
    createInterface(child.stdout).once('line', resolveLine);
    child.once('exit', (code) => reject(new Error(`${child.spawnargs.join(' ')} ended with ${code} before its first line.`)));
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once('exit', () => done());
    if (child.connected) child.disconnect();
    else child.kill('SIGTERM');
  });
}
