/** What the page says when the store can't be written: which fault, what is not kept, and that it is over. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import Sqlite from 'better-sqlite3';
import type { BridgeInfo, SessionsPage } from '../../proxy-core/protocol/api/control-api.ts';
import { startProduct } from '../helpers/start-product.ts';

const askDemo = async (apiBase: string): Promise<string> => {
  const reply = await fetch(`${apiBase}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo/demo-claude', stream: true, input: 'Hello from the test' }),
  });
  return reply.text();
};

test('a store that is locked by another program is said while it lasts, and recorded afterwards', async ({ page }) => {
  test.slow();
  const dataDir = mkdtempSync(join(tmpdir(), 'deltascope-page-'));
  const product = await startProduct({ withSamples: true, dataDir });
  await page.goto(product.ready.uiUrl);
  await expect(page.locator('.address')).toContainText('Recording');
  await expect(page.locator('.trouble-bar')).toHaveCount(0);

  const other = new Sqlite(join(dataDir, 'deltascope.db'));
  other.exec('BEGIN IMMEDIATE');
  expect(await askDemo(product.ready.apiBase)).toContain('data: [DONE]');
  const bar = page.getByRole('alert').filter({ hasText: 'Nothing is recorded just now' });
  await expect(bar).toHaveText(/Nothing is recorded just now: another program holds the store locked; close that program\./);
  await expect(page.locator('.address')).toContainText('Not recording');
  const { violations } = await new AxeBuilder({ page }).include('.trouble-bar').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  other.exec('ROLLBACK');
  other.close();
  await expect(bar).toHaveCount(0);
  await expect(page.locator('.address')).toContainText('Recording');
  await expect(page.getByRole('option', { name: /Hello from the test/ })).toHaveCount(1);
  await product.close();
});

test('a data folder that can not be used is said from the first look on', async ({ page }) => {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'deltascope-page-')), 'a-file');
  writeFileSync(dataDir, '');
  const product = await startProduct({ withSamples: false, dataDir });
  await page.goto(product.ready.uiUrl);
  await expect(page.getByRole('alert')).toContainText('What is recorded now is lost when Deltascope ends.');
  expect(await askDemo(product.ready.apiBase)).toContain('data: [DONE]');
  await expect(page.getByRole('option', { name: /Hello from the test/ })).toHaveCount(1);
  await product.close();
});

test('how much is kept is a setting; a session that is deleted elsewhere leaves the list', async ({ page }) => {
  const product = await startProduct({ withSamples: true });
  const call = (path: string, method = 'GET'): Promise<Response> =>
    fetch(`${product.ready.url}${path}`, { method, headers: { authorization: `Bearer ${product.ready.token}` } });
  await page.goto(product.ready.uiUrl);
  await page.keyboard.press('Control+9');
  const dialog = page.locator('dialog[open]');
  await expect(dialog.getByRole('group', { name: 'Keep up to' }).getByRole('button', { name: '10 GB' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  const days = dialog.getByRole('group', { name: 'Keep for' }).getByRole('button', { name: '30 days' });
  await days.click();
  await expect(days).toHaveAttribute('aria-pressed', 'true');
  await expect(dialog).toContainText('never pinned or running ones');
  expect(((await (await call('/api/info')).json()) as BridgeInfo).keep).toMatchObject({ days: 30, sizeBytes: 10_000_000_000 });
  const { violations } = await new AxeBuilder({ page }).include('dialog[open]').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.keyboard.press('Escape');

  const { sessions } = (await (await call('/api/sessions')).json()) as SessionsPage;
  const rows = page.getByRole('navigation', { name: 'Sessions' }).getByRole('option');
  await expect(rows).toHaveCount(sessions.length);
  expect((await call(`/api/sessions/${sessions[0]?.id ?? ''}`, 'DELETE')).status).toBe(204);
  await expect(rows).toHaveCount(sessions.length - 1);
  // Who looked at it has its neighbour now.
  await expect(page).toHaveURL(new RegExp(`session/${sessions[1]?.id ?? ''}`));
  await product.close();
});
