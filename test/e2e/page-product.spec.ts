/** The page over the real bridge: first start, the demo as it streams, and a broken sample read to its cause. */
import { expect, test } from '@playwright/test';
import { startProduct, type Product } from '../helpers/start-product.ts';

test.describe('an empty store', () => {
  let product: Product;
  test.beforeAll(async () => {
    product = await startProduct({ withSamples: false });
  });
  test.afterAll(() => product.close());

  test('shows the address and snippets, runs the demo and follows it live', async ({ page }) => {
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(product.ready.uiUrl);
    await expect(page.getByRole('heading', { name: 'Point your client here' })).toBeVisible();
    await expect(page.locator('.connect-address')).toContainText(product.ready.apiBase);
    await page.getByRole('tab', { name: 'curl' }).click();
    await expect(page.getByLabel('Snippet')).toContainText(`curl -N ${product.ready.apiBase}/responses`);

    await page.getByRole('button', { name: 'Run the demo' }).click();
    await expect(page.getByRole('button', { name: /^Step 2/ })).toBeVisible();
    await expect(page.getByRole('button', { name: /^Step 2.*completed/ })).toBeVisible();
    await expect(page.locator('.status-bar')).toContainText('No findings');
    await expect(page.locator('.plot-label', { hasText: /^msg_/ })).toBeVisible();
    await page.getByRole('tab', { name: 'Result' }).click();
    await expect(page.getByRole('region', { name: 'What the client should have got' })).toContainText('Paris');
    expect(complaints).toEqual([]);
  });

  test('takes a stream in while it is being made', async ({ page }) => {
    await page.goto(product.ready.uiUrl);
    const answer = fetch(`${product.ready.apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo/weather', input: 'Live from the test, please', stream: true }),
    });
    await expect(page.getByRole('option', { name: /Live from the test/ })).toBeVisible();
    await (await answer).text();
    await page.getByRole('option', { name: /Live from the test/ }).click();
    await expect(page.getByRole('button', { name: /^Step 1.*completed/ })).toBeVisible();
    await expect(page.locator('.table-row').first()).toContainText('created');
  });
});

test.describe('the broken samples', () => {
  let product: Product;
  test.beforeAll(async () => {
    product = await startProduct({ withSamples: true });
  });
  test.afterAll(() => product.close());

  test('lead from the session list to the event, its chunk and its bytes', async ({ page }) => {
    await page.goto(product.ready.uiUrl);
    await page
      .getByRole('option', { name: /Tool loop with thinking, through LiteLLM \d\d:/ })
      .first()
      .click();
    await expect(page.locator('.plot-label', { hasText: 'all 8 should carry rs_28ec' })).toBeVisible();
    await expect(page.locator('.plot-label', { hasText: /^missing: output_item\.added/ })).toBeVisible();
    await expect(page.locator('.plot-label', { hasText: 'closed, never opened' })).toBeVisible();
    await expect(page.locator('.status-bar')).toContainText(/faults, \d+ findings/);

    // The session opens at its first fault; until that is in sight, rows still move under the pointer.
    await expect(page.locator('.table-row[aria-selected="true"]')).toBeInViewport();
    await expect(page.locator('.finding-card')).toBeVisible();
    await page.locator('.table-row', { hasText: 'output_text.delta' }).first().click();
    await expect(page.locator('.finding-head')).toContainText('item-id-announced');
    await expect(page.locator('.expected')).toContainText('chatcmpl-01beab1d-8760-4226-b06d-6be3dbb25b12');
    await page.getByRole('tab', { name: /^Chunk \d+/ }).click();
    await expect(page.getByLabel('Raw text').first()).toContainText('content_block');
    await page.getByRole('tab', { name: 'Raw' }).click();
    await expect(page.getByLabel('Raw text')).toContainText('"delta":"It"');
    await expect(page.locator('.line-end').first()).toBeVisible();
    await page.getByRole('tab', { name: 'Event', exact: true }).click();
    await expect(page.getByRole('tree', { name: 'JSON' })).toContainText('output_index');
  });

  test('open in every view, by deep link too', async ({ page }) => {
    await page.goto(product.ready.uiUrl);
    await page
      .getByRole('option', { name: /Tool loop with thinking, through LiteLLM \d\d:/ })
      .first()
      .click();
    await page.getByRole('tab', { name: 'Id map' }).click();
    await expect(page.getByRole('table', { name: 'Where each id occurs' })).toContainText('id changes at end');
    await page.getByRole('tab', { name: 'Chain' }).click();
    await expect(page.locator('.chain')).toContainText('sends back item');
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.keyboard.press('n');
    const link = page.url();
    expect(link).toMatch(/#\/session\/[^/]+\/step\/\d+\/event\/\d+\?finding=/);
    await page.goto('about:blank');
    await page.goto(link);
    await expect(page.locator('.table-row.selected')).toBeVisible();
  });
});
