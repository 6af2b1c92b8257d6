/** The app and its bridge: streams in flight at the end, keys, a port that is taken, a bridge that runs already. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import Database from 'better-sqlite3';
import { startDesktopApp } from '../helpers/desktop-app.ts';
import { startFakeUpstream } from '../helpers/fake-upstream.ts';
import { fromRoot } from '../../scripts/lib/paths.ts';

interface PageWindow {
  deltascopeDesktop: {
    setKey(name: string, value: string): Promise<{ name: string; isKept: boolean }[]>;
    changeSettings(settings: object): Promise<unknown>;
  };
}
/** What a stubbed notification leaves behind in the main process. */
interface Shown {
  shown?: string[];
}

const toArguments = (baseURL: string, more: object = {}): string[] => [
  '--',
  '--upstream',
  JSON.stringify({ name: 'fake', kind: 'anthropic', baseURL, apiKey: 'fake-key', ...more }),
];
const ask = (url: string): Promise<Response> =>
  fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'claude-sonnet-5', input: 'hi', stream: true }),
  });

let dataDir: string;
test.beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'deltascope-desktop-'));
});
test.afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test('a stream in flight at the end is closed with response.failed, and recorded so', async () => {
  const upstream = await startFakeUpstream('anthropic');
  upstream.answer('silent');
  const desktop = await startDesktopApp({ dataDir, args: toArguments(upstream.baseURL) });
  const reply = await ask(desktop.url());
  const reader = (reply.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (!text.includes('response.created')) text += decoder.decode((await reader.read()).value, { stream: true });
  const closing = desktop.close();
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value, { stream: true });
  await closing;
  await upstream.close();
  expect(text).toContain('event: response.failed');
  const database = new Database(join(dataDir, 'deltascope.db'), { readonly: true });
  const statuses = database.prepare('SELECT status FROM steps ORDER BY no DESC LIMIT 1').pluck().all();
  database.close();
  expect(statuses).toEqual(['failed']);
});

test('a key typed in the settings reaches the bridge and never the disk', async () => {
  const upstream = await startFakeUpstream('anthropic');
  const desktop = await startDesktopApp({ dataDir, args: toArguments(upstream.baseURL, { apiKey: 'env:ANTHROPIC_API_KEY' }) });
  const pidBefore = readFileSync(join(dataDir, 'bridge.json'), 'utf8');
  const keys = await desktop.page.evaluate(() =>
    (window as unknown as PageWindow).deltascopeDesktop.setKey('ANTHROPIC_API_KEY', 'sk-ant-typed-0123456789'),
  );
  expect(keys.map(({ name }) => name)).toEqual(['ANTHROPIC_API_KEY']);
  await expect.poll(() => readBridgeFile() !== undefined && readBridgeFile() !== pidBefore).toBe(true);
  expect((await (await ask(desktop.url())).text()).includes('response.completed')).toBe(true);
  expect(upstream.seen[0]?.headers['x-api-key']).toBe('sk-ant-typed-0123456789');
  const log = desktop.log();
  await desktop.close();
  await upstream.close();
  expect(log).not.toContain('sk-ant-typed');
  expect(readFileSync(join(dataDir, 'deltascope.db')).includes('sk-ant-typed')).toBe(false);

  function readBridgeFile(): string | undefined {
    try {
      return readFileSync(join(dataDir, 'bridge.json'), 'utf8');
    } catch {
      return undefined; // between the two bridges
    }
  }
});

test('an error in the background is told by a notification, once somebody has asked for them', async () => {
  const upstream = await startFakeUpstream('anthropic');
  upstream.answer('error-mid');
  const desktop = await startDesktopApp({ dataDir, args: toArguments(upstream.baseURL) });
  await desktop.app.evaluate(({ Notification, BrowserWindow }) => {
    (globalThis as Shown).shown = [];
    Notification.isSupported = () => true;
    Notification.prototype.show = function show(this: Electron.Notification) {
      (globalThis as Shown).shown?.push(this.body);
    };
    BrowserWindow.getAllWindows()[0]?.hide();
  });
  const shown = (): Promise<string[]> => desktop.app.evaluate(() => (globalThis as Shown).shown ?? []);
  await (await ask(desktop.url())).text();
  await expect(desktop.page.getByText('failed').first()).toBeAttached();
  expect(await shown()).toEqual([]);
  await desktop.page.evaluate(() => (window as unknown as PageWindow).deltascopeDesktop.changeSettings({ notifyOfErrors: true }));
  await (await ask(desktop.url())).text();
  await expect.poll(shown).toHaveLength(1);
  await desktop.close();
  await upstream.close();
});

test('a taken default port: another one is used, and the window says so', async () => {
  const holder = createServer();
  const isHeldByUs = await new Promise<boolean>((resolve) => {
    holder.once('error', () => resolve(false)); // somebody else holds it, which is as good
    holder.listen(4141, '127.0.0.1', () => resolve(true));
  });
  const desktop = await startDesktopApp({ dataDir, env: { DELTASCOPE_PORT: undefined } });
  await expect(desktop.page.locator('#desktop-note')).toContainText('Port 4141 is taken');
  expect(new URL(desktop.url()).port).not.toBe('4141');
  await desktop.close();
  if (isHeldByUs) await new Promise((resolve) => holder.close(resolve));
});

test('a bridge that runs on the data dir already is used, and still runs afterwards', async () => {
  const bridge = spawn(process.execPath, [fromRoot('dist/bridge/cli.mjs'), 'serve', '--ready-json', '--port', '0', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(bridge.stdout, 'data')) as [Buffer];
  const url = /"url":"([^"]+)"/.exec(line.toString())?.[1];
  const desktop = await startDesktopApp({ dataDir });
  await expect(desktop.page).toHaveURL(new RegExp(`^${url}/`));
  await desktop.close();
  expect((await fetch(`${url}/api/health`)).status).toBe(200);
  bridge.kill('SIGTERM');
  expect(await once(bridge, 'exit')).toEqual([0, null]);
});
