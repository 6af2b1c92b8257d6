/** Long steps, live streams and lost connections, over a stand-in bridge that can be driven. */
import { expect, test } from '@playwright/test';
import { startMockBridge, type MockBridge } from '../helpers/mock-control-api.ts';
import { generateSession } from '../helpers/mock-sessions.ts';
import { PAGE_FOLDER } from '../helpers/start-product.ts';

const STARTED_AT = 1_795_000_000_000_000;

async function withBridge(sessions: Parameters<typeof startMockBridge>[1], look: (bridge: MockBridge) => Promise<void>): Promise<void> {
  const bridge = await startMockBridge(PAGE_FOLDER, sessions);
  try {
    await look(bridge);
  } finally {
    await bridge.close();
  }
}

test('100,000 events: the last one is reached, findings stay in sight, zoom goes down to single ticks', async ({ page }) => {
  await withBridge([generateSession('big', 100_000, STARTED_AT, { faultEvery: 20_000 })], async (bridge) => {
    await page.goto(bridge.url);
    await expect(page.locator('.event-count')).toHaveText('100,000 events');
    await page.getByRole('grid', { name: 'Events of the step' }).focus();
    await page.keyboard.press('End');
    await expect(page.locator('.table-row.selected')).toContainText('completed');
    await expect(page.locator('.finding-chip', { hasText: 'item-id-announced' })).toContainText('3');
    await page.keyboard.press('n');
    await page.keyboard.press('f');
    for (let i = 0; i < 24; i += 1) await page.keyboard.press('w');
    await expect(page.locator('.status-bar')).toContainText('zoomed');
    await page.keyboard.press('0');
    await expect(page.locator('.status-bar')).toContainText('fit');
    await page.getByRole('combobox', { name: 'Filter events' }).fill('text:"word 99990"');
    await expect(page.locator('.event-count')).toHaveText('1 of 100,000 events');
    await expect(page.locator('.table-row')).toContainText('word 99990');
  });
});

test('45 steps: folded to one line each, every step can be reached', async ({ page }) => {
  await withBridge([generateSession('long', 60, STARTED_AT, { steps: 45 })], async (bridge) => {
    await page.goto(bridge.url);
    await expect(page.locator('.step-header.open')).toContainText('Step 45');
    for (let i = 0; i < 44; i += 1) await page.keyboard.press('[');
    await expect(page.locator('.step-header.open')).toContainText('Step 1');
  });
});

test('a live step grows at its end, and says how much is new to a reader who looks elsewhere', async ({ page }) => {
  const session = generateSession('live', 400, STARTED_AT);
  const [step] = session.steps;
  if (step === undefined) throw new Error('no step was made');
  const all = step.events;
  step.events = all.slice(0, 200);
  step.step.status = 'streaming';
  step.step.eventCount = 200;
  session.session.status = 'streaming';
  await withBridge([session], async (bridge) => {
    await page.goto(bridge.url);
    await expect(page.locator('.event-count')).toHaveText('200 events');
    await expect(page.locator('.table-row', { hasText: 'word 199' })).toBeVisible();
    const grow = (to: number): void => {
      step.events = all.slice(0, to);
      bridge.send('events', { stepId: step.step.id, total: to });
    };
    grow(220);
    await expect(page.locator('.table-row', { hasText: 'word 219' })).toBeVisible();
    await page.locator('.table-body').evaluate((element) => element.scrollTo(0, 0));
    await expect(page.locator('.table-row').first()).toContainText('created');
    grow(232);
    await page.getByRole('button', { name: '12 new ↓' }).click();
    await expect(page.locator('.table-row', { hasText: 'word 231' })).toBeVisible();
    step.step.status = 'completed';
    step.step.eventCount = all.length;
    step.events = all;
    bridge.send('step', step.step);
    await expect(page.getByRole('button', { name: /^Step 1.*completed/ })).toBeVisible();
    await expect(page.locator('.event-count')).toHaveText('400 events');
  });
});

test('a bridge that stops is said in words, and nothing on the page is lost', async ({ page }) => {
  const bridge = await startMockBridge(PAGE_FOLDER, [generateSession('s', 60, STARTED_AT)]);
  await page.goto(bridge.url);
  await expect(page.locator('.event-count')).toHaveText('60 events');
  await bridge.close();
  await expect(page.locator('.address')).toContainText('Bridge not reachable');
  await expect(page.locator('.table-row').first()).toBeVisible();
});
