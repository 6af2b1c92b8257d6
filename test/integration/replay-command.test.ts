/** `deltascope replay` as a program of its own: a bundle becomes a server, and a signal ends it in order. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadyObject } from '../../proxy-core/protocol/api/control-api.ts';
import { parseJson } from '../../proxy-core/protocol/json.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const CLI = resolve(import.meta.dirname, '../../proxy-core/cli.ts');
let dir: string;
let proxy: TestProxy;
let recorded: Buffer;
let sessionId: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'deltascope-replay-'));
  proxy = await startProxy();
  const reply = await ask(`${proxy.ready.apiBase}/responses`);
  recorded = Buffer.from(await reply.arrayBuffer());
  sessionId = reply.headers.get('x-deltascope-session') ?? '';
  writeFileSync(join(dir, 'session.zip'), await proxy.bytes(`/api/sessions/${sessionId}/bundle`));
});
afterAll(async () => {
  await proxy.close();
  rmSync(dir, { recursive: true, force: true });
});

function ask(url: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo-claude', input: 'Hi', stream: true }),
  });
}

async function start(...args: string[]): Promise<{ ready: ReadyObject; stop: () => Promise<number | null> }> {
  const child = spawn(process.execPath, [CLI, 'replay', ...args, '--port', '0', '--ready-json'], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    ready: parseJson(line) as ReadyObject,
    async stop() {
      child.kill('SIGTERM');
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
  };
}

describe('replay command', () => {
  for (const [what, args] of [
    ['a bundle', () => ['session.zip', '--speed', 'max']],
    ['a session of a data folder', () => [sessionId, '--data-dir', proxy.dataDir, '--speed', '50']],
  ] as const) {
    it(`serves ${what} until it is told to stop`, async () => {
      const { ready, stop } = await start(...args());
      expect(ready).toMatchObject({ type: 'ready', apiBase: `${ready.url}/v1`, pid: expect.any(Number) as number });
      const served = await ask(`${ready.apiBase}/responses`);
      expect(Buffer.from(await served.arrayBuffer()).equals(recorded)).toBe(true);
      expect((await fetch(`${ready.apiBase}/responses`, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
      expect(await stop()).toBe(0);
    });
  }

  async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const child = spawn(process.execPath, [CLI, 'replay', ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (part: Buffer) => (out += part.toString('utf8')));
    child.stderr.on('data', (part: Buffer) => (err += part.toString('utf8')));
    const [code] = (await once(child, 'close')) as [number];
    return { code, out, err };
  }

  /** What runs again stands beside its original, and is equal to it but for ids and time. */
  async function expectEqual(newId: string): Promise<void> {
    const session = await proxy.session(newId);
    const original = await proxy.session(sessionId);
    expect(session).toMatchObject({ replayOf: sessionId, stepCount: 1, status: 'completed' });
    const [left, right] = [original.steps[0]?.id, session.steps[0]?.id];
    expect(await proxy.api(`/api/diff?left=${left}&right=${right}`)).toMatchObject({ equal: true });
  }

  for (const mode of ['retranslate', 'resend']) {
    it(`runs a session again by ${mode}, in the running bridge`, async () => {
      const { code, out, err } = await run(sessionId, '--mode', mode, '--data-dir', proxy.dataDir);
      expect([code, out, err]).toEqual([0, expect.stringMatching(/^sess_\w+\n$/) as string, expect.any(String) as string]);
      await expectEqual(out.trim());
    });
  }

  it('runs a bundle again in a bridge of its own, and says in words what cannot be done', async () => {
    const dataDir = join(dir, 'own');
    const again = await run('session.zip', '--mode', 'retranslate', '--data-dir', dataDir, '--port', '0');
    expect([again.code, again.out]).toEqual([0, expect.stringMatching(/^sess_\w+\n$/) as string]);
    for (const [args, sentence] of [
      [['--mode', 'resend', '--upstream', 'nobody'], 'nobody'],
      [['--mode', 'backwards'], '--mode must be serve, retranslate or resend'],
    ] as const) {
      const { code, err } = await run(sessionId, ...args, '--data-dir', proxy.dataDir);
      expect([code, err]).toEqual([2, expect.stringContaining(sentence) as string]);
    }
  });

  it('ends with 2 and one line for what it cannot serve', async () => {
    for (const args of [['nothing.zip'], [], ['session.zip', '--speed', 'fast'], ['sess_none', '--data-dir', proxy.dataDir]]) {
      const child = spawn(process.execPath, [CLI, 'replay', ...args], { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
      let text = '';
      child.stderr.on('data', (part: Buffer) => (text += part.toString('utf8')));
      const [code] = (await once(child, 'close')) as [number];
      expect([args, code, text.trim().split('\n').length]).toEqual([args, 2, 1]);
    }
  });
});
