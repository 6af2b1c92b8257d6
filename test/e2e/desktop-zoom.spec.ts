/** The page in the desktop window at every size setting: what is drawn on canvases is where the pointer hits. */
import { expect, test, type Locator } from '@playwright/test';
import { startDesktopApp, type DesktopApp } from '../helpers/desktop-app.ts';

test.describe.configure({ mode: 'serial' });

let desktop: DesktopApp;
test.beforeAll(async () => {
  desktop = await startDesktopApp();
});
test.afterAll(async () => desktop.close());

/** In the window's pixels: Chromium up to 127 measures boxes in the zoomed page's, and Playwright takes them as they are. */
async function centreOf(locator: Locator): Promise<{ x: number; y: number }> {
  await expect(locator).toBeVisible();
  return locator.evaluate((element) => {
    const box = element.getBoundingClientRect();
    const perBoxPx = innerWidth / document.body.getBoundingClientRect().width;
    return { x: (box.left + box.width / 2) * perBoxPx, y: (box.top + box.height / 2) * perBoxPx };
  });
}

for (const [density, zoom] of [
  ['compact', 1],
  ['comfortable', 1.12],
  ['large', 1.2],
] as const) {
  test(`at ${Math.round(zoom * 100)} % a click on the timeline selects the event under the pointer`, async () => {
    const { page } = desktop;
    await page.evaluate((size) => localStorage.setItem('deltascope.page', JSON.stringify({ density: size })), density);
    await page.reload();
    const broken = page.getByRole('option', { name: /Tool loop with thinking, through LiteLLM \d\d:/ }).first();
    const row = await centreOf(broken);
    await page.mouse.click(row.x, row.y);
    // the label of the lane stands on its line; the axis chip stands over the selected event
    const lane = await centreOf(page.locator('.plot-label', { hasText: /^rs_28ec$/ }));
    await page.mouse.click(lane.x, lane.y);
    await expect(page.locator('.table-row.selected')).toContainText('output_item.added');
    const chip = await centreOf(page.locator('.axis-chip'));
    const below = await centreOf(page.locator('.plot-label', { hasText: /^chatcmpl-01be$/ }));
    await page.mouse.click(below.x, below.y);
    await expect(page.locator('.table-row.selected')).toContainText('output_text.delta');
    await page.mouse.click(chip.x, lane.y);
    await expect(page.locator('.table-row.selected')).toContainText('output_item.added');
    const filled = await page.evaluate(() => document.body.offsetWidth / innerWidth);
    expect(filled).toBeCloseTo(1 / zoom, 2);
    await page.screenshot({ path: test.info().outputPath('page.png') });
  });
}
