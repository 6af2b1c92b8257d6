/** A real LiteLLM proxy on a free port of this machine, whose upstreams are the bridge's own provider paths. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface LitellmModel {
  /** What clients ask for. */
  name: string;
  /** LiteLLM's own name of provider and model. */
  model: string;
  apiBase: string;
}

export interface RunningLitellm {
  /** Ends in /v1. */
  baseURL: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 180_000;

export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** @throws with LiteLLM's last words when it does not come up. */
export async function startLitellm(binary: string, port: number, models: readonly LitellmModel[]): Promise<RunningLitellm> {
  const dir = mkdtempSync(join(tmpdir(), 'deltascope-peer-'));
  const config = join(dir, 'config.yaml');
  // JSON is YAML, too.
  const entries = models.map(({ name, model, apiBase }) => ({
    model_name: name,
    litellm_params: { model, api_base: apiBase, api_key: 'provider-key' },
  }));
  writeFileSync(config, JSON.stringify({ model_list: entries, litellm_settings: { telemetry: false, num_retries: 0 } }));
  let said = '';
  const child = spawn(binary, ['--config', config, '--host', '127.0.0.1', '--port', String(port)], {
    cwd: dir,
    env: toEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const hear = (bytes: Buffer): void => void (said = (said + bytes.toString('utf8')).slice(-2_500));
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    end(child);
    await gone;
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await untilAlive(child, `http://127.0.0.1:${port}/health/liveliness`);
  } catch (error) {
    await stop();
    throw new Error(`LiteLLM did not come up: ${error instanceof Error ? error.message : ''}\n${said}`, { cause: error });
  }
  return { baseURL: `http://127.0.0.1:${port}/v1`, stop };
}

/**
 * Without what would make it ask a database or the network. It listens on loopback only and for seconds, so
 * it needs no master key, which newer ones insist on; with one its response ids are encrypted.
 */
function toEnv(): NodeJS.ProcessEnv {
  const { DATABASE_URL: _database, ...env } = process.env;
  return {
    ...env,
    LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    LITELLM_TELEMETRY: 'False',
    NO_COLOR: '1',
    PYTHONUNBUFFERED: '1',
    LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY: 'true',
  };
}

async function untilAlive(child: ChildProcess, url: string): Promise<void> {
  const endMs = performance.now() + START_LIMIT_MS;
  while (performance.now() < endMs) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
    const reply = await fetch(url).catch(() => null);
    await reply?.body?.cancel();
    if (reply?.ok) return;
    await wait(250);
  }
  throw new Error(`no answer within ${START_LIMIT_MS / 1000} s`);
}

function end(child: ChildProcess): void {
  if (child.exitCode === null) child.kill('SIGTERM');
  setTimeout(() => void (child.exitCode === null && child.kill('SIGKILL')), 5_000).unref();
}
