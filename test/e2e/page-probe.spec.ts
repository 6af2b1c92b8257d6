/** The probe page: a server driven through scenarios, its report, and two reports beside each other. */
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { startFakeUpstream, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { startProduct, type Product } from '../helpers/start-product.ts';

const KEY = 'a-key-that-is-kept-nowhere-4711';
test.describe.configure({ timeout: 120_000 });
let product: Product;
let upstream: FakeUpstream;

test.beforeAll(async () => {
  upstream = await startFakeUpstream('anthropic');
  product = await startProduct({
    withSamples: false,
    upstreams: [{ name: 'anthropic', kind: 'anthropic', baseURL: upstream.baseURL, apiKey: 'key-of-the-fake-1' }],
  });
});
test.afterAll(async () => {
  await product.close();
  await upstream.close();
});

async function openForm(page: Page, scenarios: readonly string[]): Promise<void> {
  await page.goto(product.ready.uiUrl);
  await page.getByRole('button', { name: 'Probe' }).click();
  await expect(page.getByRole('checkbox')).toHaveCount(11);
  await page.getByRole('button', { name: 'None' }).click();
  for (const name of scenarios) await page.getByRole('checkbox', { name, exact: true }).check();
}

test('probes a server, links the evidence, and compares with a saved report', async ({ page }) => {
  upstream.answer('text');
  await openForm(page, ['text', 'errors']);
  await page.getByRole('combobox', { name: /^Server/ }).selectOption('demo');
  await page.getByLabel('Model').fill('demo-claude');
  await page.getByRole('button', { name: 'Start the probe' }).click();
  await expect(page.locator('.probe-head').getByRole('status')).toContainText('2 pass, 0 fail, 0 not supported');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save' }).click()]);
  expect(download.suggestedFilename()).toBe('probe-demo-claude.json');
  const path = await download.path();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ model: 'demo-claude', summary: { pass: 2 } });

  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'From a file' }).click()]);
  await chooser.setFiles(path);
  await expect(page.getByRole('region', { name: 'Compared with another report' })).toContainText('Nothing has changed');

  await page.getByRole('row', { name: /^text/ }).getByRole('button', { name: 'Open' }).click();
  await expect(page).toHaveURL(/#\/session\//);
  await expect(page.locator('.table-row').first()).toBeVisible();
});

test('names what fails at a server that can’t be reached, and keeps the key nowhere', async ({ page }) => {
  await openForm(page, ['text']);
  await page.getByLabel('Base URL').fill('http://127.0.0.1:9/v1');
  await page.getByLabel(/^API key/).fill(KEY);
  await page.getByLabel('Model').fill('m');
  await page.getByRole('button', { name: 'Start the probe' }).click();
  await expect(page.getByRole('row', { name: /^text fail/ })).toContainText("can't be reached");
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.cookie]));
  expect(kept).not.toContain(KEY);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save' }).click()]);
  expect(readFileSync(await download.path(), 'utf8')).not.toContain(KEY);
});

test('can be cancelled, and keeps what was there', async ({ page }) => {
  upstream.answer('silent');
  await openForm(page, ['text', 'errors']);
  await page.getByRole('combobox', { name: /^Server/ }).selectOption('anthropic');
  await page.getByLabel('Model').fill('m');
  await page.getByRole('button', { name: 'Start the probe' }).click();
  await expect(page.getByRole('progressbar', { name: 'Scenarios' })).toHaveAttribute('aria-valuemax', '2');
  await expect(page.getByRole('row', { name: /^text/ })).toContainText('running');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.locator('.probe-head').getByRole('status')).toContainText('cancelled after 0 of 2');
  await upstream.seen.at(-1)?.closed;
  upstream.answer('text');
});

test('refuses a file that is no report, and an address that is none, in a sentence', async ({ page }) => {
  await openForm(page, ['text']);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Open a report' }).click()]);
  await chooser.setFiles({ name: 'other.json', mimeType: 'application/json', buffer: Buffer.from('[1]') });
  await expect(page.getByRole('alert')).toContainText('other.json is no probe report');
  await page.route('**/api/probes', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 400, json: { error: { message: 'It must be an address.' } } })
      : route.continue(),
  );
  await page.getByLabel('Base URL').fill('http://x/v1');
  await page.getByLabel('Model').fill('m');
  await page.getByRole('button', { name: 'Start the probe' }).click();
  await expect(page.getByRole('alert')).toContainText('It must be an address.');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the probe page, ${colorScheme}`, async ({ page }) => {
    upstream.answer('text');
    await page.emulateMedia({ colorScheme });
    await openForm(page, ['errors']);
    await page.getByRole('combobox', { name: /^Server/ }).selectOption('demo');
    await page.getByLabel('Model').fill('demo-claude');
    await page.getByRole('button', { name: 'Start the probe' }).click();
    await expect(page.getByRole('row', { name: /^errors pass/ })).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([]);
  });
}
