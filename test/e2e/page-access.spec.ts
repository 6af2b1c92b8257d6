/** Keyboard only, both themes under axe, narrow and wide windows, forced colours. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { KEYS } from '../../renderer/shell/key-table.ts';
import { startProduct, type Product } from '../helpers/start-product.ts';

let product: Product;
test.beforeAll(async () => {
  product = await startProduct({ withSamples: true });
});
test.afterAll(() => product.close());

async function openBroken(page: Page): Promise<void> {
  await page.goto(product.ready.uiUrl);
  await page
    .getByRole('option', { name: /Tool loop with thinking, through LiteLLM \d\d:/ })
    .first()
    .click();
  await expect(page.locator('.table-row').first()).toBeVisible();
  await expect(page.locator('.finding-card')).toBeVisible();
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
  return found.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ page }) => {
    // axe takes seconds for each view, and many on a busy machine
    test.setTimeout(400_000);
    await page.emulateMedia({ colorScheme });
    await openBroken(page);
    expect(await violations(page)).toEqual([]);
    for (const tab of ['Event', /^Chunk/, 'Raw'] as const) {
      await page.locator('.details').getByRole('tab', { name: tab }).click();
      expect(await violations(page), String(tab)).toEqual([]);
    }
    for (const view of ['Id map', 'Chain', 'Result']) {
      await page.getByRole('tab', { name: view }).click();
      expect(await violations(page), view).toEqual([]);
    }
    for (const key of ['Control+k', 'Shift+?', 'Control+9']) {
      await page.keyboard.press(key);
      await expect(page.locator('dialog[open]')).toBeVisible();
      expect(await violations(page), key).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.locator('dialog[open]')).toHaveCount(0);
    }
    await page.getByRole('button', { name: 'Connect' }).click();
    await expect(page.getByRole('heading', { name: 'Point your client here' })).toBeVisible();
    expect(await violations(page), 'connect').toEqual([]);
  });
}

test('everything of the main path works from the keyboard', async ({ page }) => {
  await openBroken(page);
  await page.getByRole('grid', { name: 'Events of the step' }).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('.table-row.selected')).toContainText('output_item.added');
  await page.keyboard.press('n');
  await expect(page.locator('.strip-walk')).toContainText(/^\d+ of \d+/);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('type:output_text.d');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.locator('.event-count')).toContainText('6 of 24 events');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page.locator('.event-count')).toHaveText('24 events');
  await page.locator('.plot').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('.table-row.selected')).toContainText('output_item.added');
  await page.keyboard.press('o');
  await expect(page.locator('.status-bar')).toContainText('event order');
  await page.keyboard.press('o');
  await page.keyboard.press('Control+2');
  await expect(page.getByRole('tab', { name: 'Id map' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('chatcmpl-01be');
  await page.keyboard.press('Enter');
  await expect(page.locator('.table-row.selected')).toContainText('chatcmpl-01be');
  await page.keyboard.press('F6');
  await expect(page.locator(':focus')).toBeVisible();
});

test('F6 reaches every pane in both directions, and the sheet lists every key', async ({ page }) => {
  await openBroken(page);
  const walk = async (key: string): Promise<Set<string>> => {
    const panes = new Set<string>();
    for (let i = 0; i < 6; i += 1) {
      await page.keyboard.press(key);
      panes.add(await page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset['pane'] ?? 'none'));
    }
    return panes;
  };
  const all = ['sessions', 'timeline', 'findings', 'events', 'details'];
  expect([...(await walk('F6'))].toSorted()).toEqual(all.toSorted());
  expect([...(await walk('Shift+F6'))].toSorted()).toEqual(all.toSorted());
  await page.locator('.plot').focus();
  await page.keyboard.press('Shift+?');
  for (const { shown } of KEYS) await expect(page.locator('dialog .kbd', { hasText: shown }).first()).toBeVisible();
});

test('a narrow window has the sessions in a drawer, and loses no text of the timeline', async ({ page }) => {
  await page.setViewportSize({ width: 1100, height: 720 });
  await page.goto(product.ready.uiUrl);
  await page.getByRole('button', { name: 'Show sessions' }).click();
  await page
    .getByRole('option', { name: /Tool loop with thinking, through LiteLLM \d\d:/ })
    .first()
    .click();
  await expect(page.locator('.plot-label', { hasText: 'missing: added' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Sessions' })).toHaveCount(0);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBe(0);
});

test('a wide window docks the details over the full height and opens both steps', async ({ page }) => {
  await page.setViewportSize({ width: 2560, height: 1440 });
  await openBroken(page);
  await expect(page.locator('.step-header.open')).toHaveCount(2);
  const height = await page.locator('.details').evaluate((element) => element.getBoundingClientRect().height);
  expect(height).toBeGreaterThan(1200);
});

test('forced colours keep selection and marks', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await openBroken(page);
  await expect(page.locator('.table-row.selected')).toHaveCSS('outline-style', 'solid');
});
