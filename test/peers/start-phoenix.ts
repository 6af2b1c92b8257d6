/** A real Phoenix on free ports of this machine, with a folder of its own, and what it holds. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asArray, asObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { findFreePort } from './start-litellm.ts';

export interface RunningPhoenix {
  url: string;
  /** Spans of the project, when there are this many; in the order of their start. */
  spans(count: number): Promise<JsonObject[]>;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 180_000;
const ARRIVAL_LIMIT_MS = 30_000;

/** @throws with its last words when it does not come up. */
export async function startPhoenix(binary: string): Promise<RunningPhoenix> {
  const dir = mkdtempSync(join(tmpdir(), 'deltascope-phoenix-'));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  let said = '';
  const child = spawn(binary, ['serve'], {
    cwd: dir,
    env: {
      ...process.env,
      PHOENIX_WORKING_DIR: dir,
      PHOENIX_HOST: '127.0.0.1',
      PHOENIX_PORT: String(port),
      PHOENIX_GRPC_PORT: String(await findFreePort()),
      PHOENIX_TELEMETRY_ENABLED: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const hear = (bytes: Buffer): void => void (said = (said + bytes.toString('utf8')).slice(-2_500));
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGTERM');
    setTimeout(() => void (child.exitCode === null && child.kill('SIGKILL')), 5_000).unref();
    await gone;
    rmSync(dir, { recursive: true, force: true });
  };
  const spans = async (): Promise<JsonObject[]> => {
    const reply = await fetch(`${url}/v1/projects/default/spans?limit=500`);
    return asArray(asObject(await reply.json())['data'])
      .map(asObject)
      .toSorted((a, b) => String(a['start_time']).localeCompare(String(b['start_time'])));
  };
  try {
    await until(START_LIMIT_MS, async () => {
      if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
      const reply = await fetch(`${url}/healthz`).catch(() => null);
      await reply?.body?.cancel();
      return reply?.ok === true;
    });
  } catch (error) {
    await stop();
    throw new Error(`Phoenix did not come up: ${error instanceof Error ? error.message : ''}\n${said}`, { cause: error });
  }
  return {
    url,
    stop,
    async spans(count) {
      let all: JsonObject[] = [];
      await until(ARRIVAL_LIMIT_MS, async () => {
        all = await spans();
        return all.length >= count;
      });
      return all;
    },
  };
}

async function until(limitMs: number, isTrue: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (performance.now() < endMs) {
    if (await isTrue()) return;
    await wait(250);
  }
  throw new Error(`not within ${limitMs / 1000} s`);
}
