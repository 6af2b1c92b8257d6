/** `deltascope open`: from a checkout, and by npx from the package that `npm pack` makes, without a network. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCommand } from '../../proxy-core/commands/open.ts';
import { parseCommandLine } from '../../proxy-core/commands/command.ts';
import { readBridgeFile } from '../../proxy-core/bridge-file.ts';
import { writeZip } from '../../proxy-core/bundle/write-zip.ts';
import { loadSamples } from '../../proxy-core/demo/samples/index.ts';
import type { SessionWithSteps } from '../../proxy-core/protocol/api/control-api.ts';
import { buildIfStale } from '../../scripts/lib/build-if-stale.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { startProxy } from '../helpers/start-proxy.ts';

let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'deltascope-open-'));
  const streams = loadSamples()[0]?.steps ?? [];
  const files = streams.map((step, index): [string, Uint8Array] => [`steps/${index}/emitted.sse`, Buffer.from(step.emitted.text)]);
  files.push(['manifest.json', Buffer.from('{"format":"deltascope-bundle","version":1}')]);
  writeFileSync(join(dir, 'bundle.zip'), await writeZip(new Map(files)));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('deltascope open', () => {
  it('brings the file into the bridge that runs, and names the page of its session', async () => {
    const proxy = await startProxy();
    try {
      let out = '';
      const context = {
        cwd: dir,
        env: { CI: 'true' },
        readStdin: () => Promise.resolve(Buffer.alloc(0)),
        out: (text: string | Uint8Array) => void (out += String(text)),
        err: () => undefined,
      };
      const run = (...args: string[]) => openCommand.run(parseCommandLine(openCommand, [...args, '--data-dir', proxy.dataDir]), context);
      expect(await run('bundle.zip')).toBe(0);
      const { sessions } = await proxy.sessions();
      expect(out).toBe(`${proxy.ready.uiUrl}#/session/${sessions[0]?.id ?? ''}\n`);
      expect(sessions[0]?.stepCount).toBe(2);
      expect(await run('gone.zip')).toBe(2);
    } finally {
      await proxy.close();
    }
  });

  it('starts a bridge when none runs, by npx from the packed package', async (test) => {
    await buildIfStale(['bridge', 'page']);
    const npm = (args: string[]) => spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8' });
    // What the build made is packed as it is: building it again is the build's own test.
    const packed = npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', dir]);
    expect(packed.stderr).toBe('');
    const tarball = readdirSync(dir).find((name) => name.endsWith('.tgz')) ?? '';
    const dataDir = join(dir, 'data');
    const args = [
      '--offline',
      '--yes',
      '--package',
      join(dir, tarball),
      'deltascope',
      'open',
      'bundle.zip',
      '--port',
      '0',
      '--no-open',
      '--data-dir',
      dataDir,
    ];
    const npx = spawn('npx', args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'], env: toOwnEnvironment(), detached: true });
    let complaint = '';
    npx.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString('utf8')));
    const exited = once(npx, 'exit');
    try {
      const first = await Promise.race([once(createInterface({ input: npx.stdout }), 'line'), exited.then(() => undefined)]);
      if (complaint.includes('ENOTCACHED')) test.skip('better-sqlite3 is not in the cache of npm, and there is no network here');
      const address = String(first?.[0] ?? '');
      expect(address, complaint).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=.+#\/session\/sess_/);
      const bridge = readBridgeFile(dataDir);
      const headers = { authorization: `Bearer ${bridge?.token ?? ''}` };
      const id = address.split('/').at(-1) ?? '';
      const session = (await (await fetch(`${bridge?.url ?? ''}/api/sessions/${id}`, { headers })).json()) as SessionWithSteps;
      expect(session.findingCounts.error).toBeGreaterThan(0);
      // The page is in the package, too.
      expect(await (await fetch(address.replace(/#.*/, ''))).text()).toContain('<div id="root">');
    } finally {
      end(npx);
      await exited;
    }
  });
});

/** npx must see a folder of its own, not the one of the npm that runs these tests. */
function toOwnEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:npm_(?!config_cache)|INIT_CWD|NODE_OPTIONS)/i.test(name));
  return { ...Object.fromEntries(own), CI: 'true' };
}

/** npx, its shell, and the bridge. */
function end({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended already.
  }
}
