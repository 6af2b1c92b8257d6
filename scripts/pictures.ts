/**
 * `node scripts/pictures.ts [name…]`: takes the pictures in docs/pictures/ from the product itself, over its own
 * samples and demo, at fixed window sizes, so that they can be taken again whenever the page changes.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import type { SessionsPage } from '../proxy-core/protocol/api/control-api.ts';
import { CHROMIUM_SWITCHES, findChromium } from '../test/helpers/chromium.ts';
import { startProduct, type Product } from '../test/helpers/start-product.ts';

const FOLDER = join(import.meta.dirname, '../docs/pictures');
const BROKEN = 'Tool loop with thinking, through LiteLLM';
/** The text delta that names an item which was never announced. */
const EVENT = 14;

interface Picture {
  name: string;
  width: number;
  height: number;
  theme: 'light' | 'dark';
  /** The hash to open; `SESSION` stands for the broken sample. */
  place: string;
  /** An empty store instead of the samples. */
  isEmpty?: boolean;
  /** What opens the dialog or view: a key, and then buttons by their names. */
  press?: string;
  click?: readonly string[];
  ready: string;
}

const place = `#/session/SESSION/step/2/event/${EVENT}`;
const PICTURES: readonly Picture[] = [
  { name: 'timeline-light', width: 1440, height: 900, theme: 'light', place, ready: '.finding-card' },
  { name: 'timeline-dark', width: 1440, height: 900, theme: 'dark', place, ready: '.finding-card' },
  { name: 'timeline-narrow', width: 1100, height: 720, theme: 'dark', place, ready: '.finding-card' },
  { name: 'timeline-wide', width: 2560, height: 1440, theme: 'dark', place, ready: '.finding-card' },
  { name: 'idmap-light', width: 1440, height: 900, theme: 'light', place: `${place}?view=id-map`, ready: '.id-row' },
  { name: 'idmap-dark', width: 1440, height: 900, theme: 'dark', place: `${place}?view=id-map`, ready: '.id-row' },
  { name: 'chain-light', width: 1440, height: 900, theme: 'light', place: `${place}?view=chain`, ready: '.chain-link' },
  { name: 'result-dark', width: 1440, height: 900, theme: 'dark', place: `${place}?view=result`, ready: '.result-card' },
  {
    name: 'export-dark',
    width: 1440,
    height: 900,
    theme: 'dark',
    place,
    press: 'e',
    click: ['Secrets and content'],
    ready: '.file-row.selected .redacted-count',
  },
  { name: 'compare-light', width: 1440, height: 900, theme: 'light', place, press: 'Shift+R', ready: '.compare-row.extra' },
  { name: 'connect-light', width: 1440, height: 900, theme: 'light', place: '#/', isEmpty: true, ready: '.upstreams li' },
  { name: 'connect-dark', width: 1440, height: 900, theme: 'dark', place: '#/', isEmpty: true, ready: '.upstreams li' },
];

async function brokenSession({ ready }: Product): Promise<string> {
  const reply = await fetch(`${ready.url}/api/sessions`, { headers: { authorization: `Bearer ${ready.token}` } });
  const { sessions } = (await reply.json()) as SessionsPage;
  const found = sessions.find((session) => session.title === BROKEN && session.findingCounts.error > 0);
  if (found === undefined) throw new Error(`The samples hold no broken session called "${BROKEN}".`);
  return found.id;
}

async function take(page: Page, picture: Picture, product: Product, sessionId: string): Promise<void> {
  await page.setViewportSize({ width: picture.width, height: picture.height });
  await page.emulateMedia({ colorScheme: picture.theme, reducedMotion: 'reduce' });
  await page.goto(product.ready.uiUrl);
  await page.goto(`${product.ready.url}/${picture.place.replace('SESSION', sessionId)}`);
  await page.reload();
  if (picture.press !== undefined) {
    await page.locator('.finding-card').waitFor();
    await page.keyboard.press(picture.press);
  }
  for (const name of picture.click ?? []) await page.getByRole('button', { name }).click();
  await page.locator(picture.ready).first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(FOLDER, `${picture.name}.png`) });
}

const wanted = process.argv.slice(2);
mkdirSync(FOLDER, { recursive: true });
const executablePath = findChromium();
const browser = await chromium.launch({ args: CHROMIUM_SWITCHES, ...(executablePath === undefined ? {} : { executablePath }) });
const full = await startProduct({ withSamples: true });
const empty = await startProduct({ withSamples: false });
try {
  const sessionId = await brokenSession(full);
  for (const picture of PICTURES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const context = await browser.newContext();
    await take(await context.newPage(), picture, picture.isEmpty === true ? empty : full, sessionId);
    await context.close();
  }
} finally {
  await browser.close();
  await full.close();
  await empty.close();
}
