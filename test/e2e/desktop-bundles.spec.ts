/** Bundles through native dialogs, a second start and a drop of the file on the app. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { parseJsonObject, asArray } from '../../proxy-core/protocol/json.ts';
import { clickMenu, startDesktopApp, type DesktopApp } from '../helpers/desktop-app.ts';

test.describe.configure({ mode: 'serial' });

let desktop: DesktopApp;
const folder = mkdtempSync(join(tmpdir(), 'deltascope-bundles-'));
const saved = join(folder, 'saved.deltascope.zip');

test.beforeAll(async () => {
  desktop = await startDesktopApp();
});
test.afterAll(async () => {
  await desktop.close();
  rmSync(folder, { recursive: true, force: true });
});

async function sessionCount(): Promise<number> {
  const reply = await fetch(`${desktop.url()}/api/sessions`, { headers: { authorization: `Bearer ${desktop.token()}` } });
  return asArray(parseJsonObject(await reply.text())?.['sessions']).length;
}

test('saves the session that is shown where the dialog says', async () => {
  await expect(desktop.page).toHaveURL(/#\/session\//);
  await desktop.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, saved);
  await clickMenu(desktop.app, 'save-bundle');
  // The bridge lints every stream of the bundle again and runs the clients on it, which takes a while.
  await expect(desktop.page.locator('#desktop-note')).toContainText('Saved, with secrets taken out', { timeout: 50_000 });
  expect(existsSync(saved)).toBe(true);
});

test('opens it again from the open dialog, and shows it', async () => {
  const before = await sessionCount();
  const shown = desktop.page.url();
  await desktop.app.evaluate(({ dialog }, filePath) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [filePath] });
  }, saved);
  await clickMenu(desktop.app, 'open-bundle');
  await expect.poll(sessionCount).toBe(before + 1);
  await expect(desktop.page).not.toHaveURL(shown);
  await expect(desktop.page).toHaveURL(/#\/session\//);
});

test('a second start with the file opens it in the running app', async () => {
  const before = await sessionCount();
  const other = join(folder, 'other.deltascope.zip');
  copyFileSync(saved, other);
  expect(await desktop.startAgain(other)).toBe(0);
  await expect.poll(sessionCount).toBe(before + 1);
});

test('a file that macOS hands over is opened, too', async () => {
  const before = await sessionCount();
  await desktop.app.evaluate(({ app }, path) => void app.emit('open-file', { preventDefault: () => undefined }, path), saved);
  await expect.poll(sessionCount).toBe(before + 1);
});

test('a file that is no bundle is named in one sentence', async () => {
  await desktop.app.evaluate(
    ({ app }, path) => void app.emit('open-file', { preventDefault: () => undefined }, path),
    join(folder, 'missing.deltascope.zip'),
  );
  await expect(desktop.page.locator('#desktop-note')).toContainText('missing.deltascope.zip');
});
