/** The command line as a program: every command of the contract is there, and says what is wrong with its input. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startProxy } from '../helpers/start-proxy.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'deltascope-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

function deltascope(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'proxy-core', 'cli.ts'), ...args], {
      cwd: folder,
      env: { ...process.env, CI: 'true' },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

describe('the command line', () => {
  it('has every command of the contract, each with help', async () => {
    const { out } = await deltascope('help');
    for (const command of ['serve', 'lint', 'translate', 'repair', 'clients', 'probe', 'run', 'sessions', 'export', 'import', 'replay']) {
      expect(out).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    }
  });

  it.each([
    [['no-such'], "no command 'no-such'"],
    [['serve', '--no-such'], 'no-such'],
    [['serve', '--port', 'x'], 'Port x'],
    [['serve', '--host', '0.0.0.0'], '--allow-remote'],
    [['serve', '--upstream', '{"name":"a"}'], "'kind' must be one of"],
    [['translate', '--from', 'x', 'f'], '--from must be one of'],
    [['lint'], 'Which file'],
    [['run'], 'name the command after --'],
  ])('%j ends with 2 and one line that says what to do', async (args, words) => {
    const { code, out, err } = await deltascope(...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toContain(words);
  });

  it('ends with 2 when the port that was asked for is taken', async () => {
    const proxy = await startProxy();
    const { port } = new URL(proxy.ready.url);
    const { code, err } = await deltascope('serve', '--port', port, '--data-dir', join(folder, 'other'), '--no-open');
    expect({ code, err: err.trim() }).toEqual({
      code: 2,
      err: `deltascope: Port ${port} on 127.0.0.1 is taken. Stop the program that uses it, or choose another with --port.`,
    });
    await proxy.close();
  });

  it('runs a client that is connected to the running bridge, and ends with its code', async () => {
    const proxy = await startProxy();
    const script =
      "fetch(process.env.OPENAI_BASE_URL+'/models').then((r)=>r.json()).then((m)=>{console.log(m.data[0].id);process.exit(7)})";
    const { code, out } = await deltascope('run', '--data-dir', proxy.dataDir, '--', process.execPath, '-e', script);
    expect({ code, out: out.trim() }).toEqual({ code: 7, out: 'demo-claude' });
    await proxy.close();
  });

  it('lists sessions beside a running bridge', async () => {
    const proxy = await startProxy();
    await (
      await fetch(`${proxy.ready.apiBase}/responses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'demo-claude', input: 'Hello' }),
      })
    ).text();
    await proxy.sessions();
    const { code, out } = await deltascope('sessions', '--data-dir', proxy.dataDir, '--format', 'json');
    expect(code).toBe(0);
    expect((JSON.parse(out) as { sessions: { title: string }[] }).sessions).toMatchObject([
      { title: 'Hello', stepCount: 1, status: 'completed' },
    ]);
    await proxy.close();
  });
});
