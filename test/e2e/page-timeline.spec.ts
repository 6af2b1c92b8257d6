/** The timeline as a reader works with it: links into it, the brush, ids that light up, chunks, copies, files. */
import { expect, test, type Page } from '@playwright/test';
import { loadSamples } from '../../proxy-core/demo/samples/index.ts';
import { openLink } from '../helpers/broken-session.ts';
import { startProduct, type Product } from '../helpers/start-product.ts';

let product: Product;
test.beforeAll(async () => {
  product = await startProduct({ withSamples: true });
});
test.afterAll(() => product.close());

const selectedRow = (page: Page) => page.locator('.table-row.selected');
const card = (page: Page) => page.locator('.finding-head');

test.describe('a link', () => {
  test('to a session opens its first fault', async ({ page }) => {
    await openLink(page, product, '');
    await expect(page.locator('.step-header.open')).toContainText('Step 2');
    await expect(selectedRow(page)).toHaveCount(1);
  });
  test('to a step opens that step', async ({ page }) => {
    await openLink(page, product, '/step/1');
    await expect(page.locator('.step-header.open')).toContainText('Step 1');
  });
  test('to an event selects it, in sight', async ({ page }) => {
    await page.setViewportSize({ width: 1100, height: 720 });
    await openLink(page, product, '/step/2/event/23');
    await expect(selectedRow(page)).toContainText('completed');
    await expect(selectedRow(page)).toBeInViewport({ ratio: 0.9 });
  });
  test("to an event's rule shows that rule's card, not another of the event", async ({ page }) => {
    await openLink(page, product, '/step/2/event/23?finding=response-id-stable');
    await expect(selectedRow(page)).toContainText('completed');
    await expect(card(page)).toContainText('response-id-stable');
    await page.reload();
    await expect(card(page)).toContainText('response-id-stable');
  });
  test('to a rule alone leads to its first finding', async ({ page }) => {
    await openLink(page, product, '?finding=response-id-stable');
    await expect(card(page)).toContainText('response-id-stable');
    await expect(selectedRow(page)).toContainText('completed');
  });
  test('to a view opens it, and one that is followed in the open page too', async ({ page }) => {
    await openLink(page, product, '/step/2?view=chain');
    await expect(page.getByRole('region', { name: 'Chain of responses' })).toBeVisible();
    await page.evaluate(() => {
      location.hash = location.hash.replace(/\/step\/2.*/, '/step/1/event/3?finding=item-id-announced');
    });
    await expect(page.locator('.step-header.open')).toContainText('Step 1');
    await expect(card(page)).toContainText('item-id-announced');
  });
});

for (const [mode, token] of [
  ['Time', /^time:\d+–\d+ ms/],
  ['Order', /^event:\d+–\d+/],
] as const) {
  test(`the brush leaves the events in sight in the table (${mode})`, async ({ page }) => {
    await openLink(page, product, '/step/2/event/14');
    await expect(page.locator('.event-count')).toHaveText('24 events');
    await page.getByRole('button', { name: mode, exact: true }).click();
    const brush = (await page.locator('.brush').boundingBox())!;
    await page.mouse.move(brush.x + 1, brush.y + 12);
    await page.mouse.down();
    await page.mouse.move(brush.x + brush.width * 0.6, brush.y + 12, { steps: 4 });
    await page.mouse.up();
    await expect(page.locator('.event-count')).toHaveText(/^\d+ of 24 events$/);
    await expect(page.locator('.filter-field .token').nth(1)).toHaveText(token);
    await expect(page.locator('.table-row').first()).not.toContainText('created');
    await page.getByRole('button', { name: 'Clear the range' }).click();
    await expect(page.locator('.event-count')).toHaveText('24 events');
  });
}

test('an id under the pointer lights up everywhere, and says what lies outside of a zoomed view', async ({ page }) => {
  await openLink(page, product, '/step/2/event/16');
  await page.locator('.table-row', { hasText: 'rs_28ec' }).first().locator('.id-chip').hover();
  await expect(page.locator('.plot-label.lit', { hasText: /^rs_28ec$/ })).toBeVisible();
  expect(await page.locator('.id-chip.lit').count()).toBeGreaterThan(2);
  await page.mouse.move(600, 4);
  await page.keyboard.press('f');
  for (let i = 0; i < 4; i += 1) await page.keyboard.press('w');
  const earlier = page.locator('.edge-count.earlier');
  const before = Number.parseInt((await earlier.textContent()) ?? '', 10);
  expect(before).toBeGreaterThan(0);
  await earlier.click();
  await expect(selectedRow(page)).toContainText('chatcmpl-01be');
  // the view has gone there
  await expect(page.locator('.axis-chip')).toBeInViewport();
  await page.keyboard.press('n');
  await expect(page.locator('.axis-chip')).toBeInViewport();
});

test('a double click on a lane fits its item, and 0 shows all again', async ({ page }) => {
  await openLink(page, product, '/step/2/event/3');
  const label = page.locator('.plot-label', { hasText: /^chatcmpl-01be$/ });
  const place = (await label.boundingBox())!;
  await page.mouse.dblclick(place.x + 200, place.y);
  await expect(page.locator('.status-bar')).toContainText('zoomed');
  await expect(selectedRow(page)).toContainText('chatcmpl-01be');
  await page.keyboard.press('0');
  await expect(page.locator('.status-bar')).toContainText('fit');
});

test('n and Shift+N walk through the findings of all steps and back', async ({ page }) => {
  await openLink(page, product, '/step/2/event/14');
  await expect(page.locator('.strip-walk')).toContainText(/^\d+ of \d+/);
  const seen = new Set<string>();
  for (let i = 0; i < 75; i += 1) {
    await page.keyboard.press('n');
    seen.add(`${await page.locator('.step-header.open').first().textContent()} ${await page.locator('.strip-walk').textContent()}`);
  }
  expect([...seen].some((place) => place.startsWith('Step 1'))).toBe(true);
  expect([...seen].some((place) => place.startsWith('Step 2'))).toBe(true);
  const link = page.url();
  await page.keyboard.press('n');
  await page.keyboard.press('Shift+N');
  expect(page.url()).toBe(link);
});

test('a chunk stands with those before it that caused nothing', async ({ page }) => {
  await openLink(page, product, '/step/2/event/14');
  await page.getByRole('tab', { name: /^Chunk 13/ }).click();
  await expect(page.getByLabel('Raw text').first()).toContainText('content_block_start');
  await expect(page.locator('.chunks-before')).toContainText('before it caused no event');
  await page.locator('.chunks-before summary').last().click();
  await expect(page.locator('.chunks-before pre').last()).toContainText('content_block_stop');
});

test('copies events as JSON and SSE, and the request as curl', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openLink(page, product, '/step/2/event/14');
  const copy = async (item: string): Promise<string> => {
    await page.getByRole('button', { name: 'Copy', exact: true }).first().click();
    await page.getByRole('menuitem', { name: item }).click();
    await expect(page.locator('.toast').last()).toContainText('Copied');
    return page.evaluate(() => navigator.clipboard.readText());
  };
  expect(JSON.parse(await copy('Copy event as JSON'))).toMatchObject({ type: 'response.output_text.delta', delta: 'It' });
  await expect.poll(() => copy('Copy event as SSE')).toMatch(/^event: response\.output_text\.delta\ndata: \{.*"delta":"It".*\}\n\n$/);
  await expect.poll(() => copy('Copy events in the table as SSE')).toMatch(/^event: response\.created\n[\s\S]*response\.completed/);
  await expect.poll(() => copy('Copy request as curl')).toContain(`curl -N ${product.ready.apiBase}/responses`);
});

test('the suggestions of the filter take the beginning first, and every key has its help', async ({ page }) => {
  await openLink(page, product, '/step/2/event/14');
  await page.keyboard.press('Control+f');
  await page.getByRole('combobox', { name: 'Filter events' }).click();
  for (const key of ['type', 'item', 'index', 'rule', 'text', 'after']) {
    await expect(page.getByRole('listbox', { name: 'Suggestions' })).toContainText(`${key}:`);
  }
  await page.keyboard.type('type:out');
  await expect(page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option').first()).toHaveText(/^type:output_/);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('-type:*.delta after:100 ');
  await page.keyboard.press('Enter');
  await expect(page.locator('.event-count')).toHaveText(/^\d+ of 24 events$/);
  await expect(page.locator('.table-row').first()).toContainText('reasoning_summary_text.done');
});

test.describe('the session list', () => {
  test('searches text, ids, models and status', async ({ page }) => {
    await page.goto(product.ready.uiUrl);
    const rows = page.getByRole('option');
    await expect(rows).toHaveCount(5);
    const search = async (text: string, count: number): Promise<void> => {
      await page.getByRole('textbox', { name: 'Filter sessions' }).fill(text);
      await expect(rows).toHaveCount(count);
    };
    await search('rs_28ecc280', 1);
    await search('gemini', 1);
    await search('completed', 5);
    await search('no such words anywhere', 0);
    await expect(page.locator('.side-empty')).toContainText('No session matches');
    await search('', 5);
  });

  test('takes a dropped stream in; it can be renamed, pinned and deleted', async ({ page }) => {
    await page.goto(product.ready.uiUrl);
    await expect(page.getByRole('option').first()).toBeVisible();
    const text = loadSamples()[0]?.steps[1]?.emitted.text ?? '';
    const dropped = await page.evaluateHandle((body) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([body], 'dropped.sse'));
      return transfer;
    }, text);
    await page.locator('.app').dispatchEvent('dragenter', { dataTransfer: dropped });
    await expect(page.locator('.drop-zone')).toContainText('Drop to open');
    await page.locator('.drop-zone').dispatchEvent('drop', { dataTransfer: dropped });
    await expect(page.locator('.session-header h1')).toHaveText('dropped.sse');
    await expect(page.locator('.table-row').first()).toContainText('created');

    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('What was dropped');
    await page.keyboard.press('Enter');
    await expect(page.locator('.session-header h1')).toHaveText('What was dropped');
    await page.keyboard.press('Control+p');
    await expect(page.locator('.side-group').first()).toHaveText('Pinned');
    await page.keyboard.press('Control+Delete');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(page.getByRole('option', { name: /What was dropped/ })).toHaveCount(0);
    await page.reload();
    await expect(page.getByRole('option')).toHaveCount(5);
  });
});
