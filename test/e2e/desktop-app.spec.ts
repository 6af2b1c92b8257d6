/** The desktop app from launch to quit: bridge, menus, second instance, restart, window state. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { clickMenu, startDesktopApp, type DesktopApp } from '../helpers/desktop-app.ts';
import { parseJsonObject } from '../../proxy-core/protocol/json.ts';

test.describe.configure({ mode: 'serial' });

let desktop: DesktopApp;
test.beforeAll(async () => {
  desktop = await startDesktopApp();
});
test.afterAll(async () => desktop.close());

const bridgePid = (): unknown => parseJsonObject(readFileSync(join(desktop.dataDir, 'bridge.json'), 'utf8'))?.['pid'];

test('shows the page of its own bridge, with a session to look at', async () => {
  await expect(desktop.page).toHaveTitle(/Deltascope/);
  await expect(desktop.page.getByText('Tool loop with thinking, through LiteLLM').first()).toBeVisible();
});

test('gives the page its typed functions and nothing of Node or Electron', async () => {
  const seen = await desktop.page.evaluate(() => [
    typeof (globalThis as Record<string, unknown>)['require'],
    typeof (globalThis as Record<string, unknown>)['process'],
    Object.keys((globalThis as unknown as { deltascopeDesktop: object }).deltascopeDesktop),
  ]);
  expect(seen).toEqual(['undefined', 'undefined', ['info', 'settings', 'changeSettings', 'keys', 'setKey', 'onCommand']]);
});

test('copies the address for clients from the menu', async () => {
  await clickMenu(desktop.app, 'copy-address');
  await expect.poll(() => desktop.app.evaluate(async ({ clipboard }) => clipboard.readText())).toBe(`${desktop.url()}/v1`);
});

test('a second start with a link reaches the running window', async () => {
  await desktop.page.evaluate(() => void (location.hash = '#/'));
  const reply = await fetch(`${desktop.url()}/api/sessions`, { headers: { authorization: `Bearer ${desktop.token()}` } });
  const id = /"id":"(sess_[^"]+)"/.exec(await reply.text())?.[1];
  expect(await desktop.startAgain(`deltascope://session/${id}`)).toBe(0);
  await expect(desktop.page).toHaveURL(new RegExp(`#/session/${id}`));
});

test('a bridge that is killed is told about in the window and started again', async () => {
  const before = Number(bridgePid());
  process.kill(before, 'SIGKILL');
  await expect(desktop.page.getByRole('alert')).toContainText('The bridge has stopped');
  await expect.poll(() => Number(bridgePid())).not.toBe(before);
  await expect(desktop.page.getByText('Tool loop with thinking, through LiteLLM').first()).toBeVisible();
  await expect(desktop.page.locator('#desktop-note')).toHaveCount(0);
});

test('writes its log without the token', () => {
  expect(desktop.log()).toContain('bridge: ready at http://127.0.0.1:');
  expect(desktop.log()).not.toContain(desktop.token());
});

test('remembers where its window was', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'deltascope-desktop-'));
  const first = await startDesktopApp({ dataDir });
  await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setBounds({ x: 60, y: 50, width: 900, height: 640 }));
  await first.close();
  const second = await startDesktopApp({ dataDir });
  const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
  await second.close();
  rmSync(dataDir, { recursive: true, force: true });
  expect(bounds).toMatchObject({ width: 900, height: 640 });
});

test('quits in order: the bridge takes its address file away', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'deltascope-desktop-'));
  const app = await startDesktopApp({ dataDir });
  expect(existsSync(join(dataDir, 'bridge.json'))).toBe(true);
  await app.close();
  expect(existsSync(join(dataDir, 'bridge.json'))).toBe(false);
  rmSync(dataDir, { recursive: true, force: true });
});
