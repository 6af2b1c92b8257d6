/** What is done with a recorded session on the page: exported, replayed, compared, repaired, reduced. */
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Download, type Page } from '@playwright/test';
import { readZip } from '../../proxy-core/files/read-zip.ts';
import type { Session, SessionsPage } from '../../proxy-core/protocol/api/control-api.ts';
import { lintFrames } from '../../proxy-core/protocol/lint/run-rules.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';
import { startFakeUpstream, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { startProduct, type Product } from '../helpers/start-product.ts';

const SECRET = 'sk-ant-api03-Planted0Secret1For2This3Test4Only5AAAA';
/** The bundle is linted and the clients run on it, twice. */
const MAKING = { timeout: 120_000 };
test.describe.configure({ timeout: 240_000 });
let product: Product;
let upstream: FakeUpstream;
let slow: Product;

test.beforeAll(async () => {
  upstream = await startFakeUpstream('anthropic');
  product = await startProduct({ withSamples: true });
  slow = await startProduct({
    withSamples: false,
    upstreams: [{ name: 'anthropic', kind: 'anthropic', baseURL: upstream.baseURL, apiKey: 'key-of-the-fake-1' }],
  });
});
test.afterAll(async () => {
  await Promise.all([product.close(), slow.close(), upstream.close()]);
});

async function openBroken(page: Page): Promise<void> {
  await page.goto(product.ready.uiUrl);
  await page
    .getByRole('option', { name: /Tool loop with thinking, through LiteLLM \d\d:.*faults/ })
    .first()
    .click();
  await expect(page.locator('.finding-card')).toBeVisible();
}

async function ask(at: Product, input: string, headers: Record<string, string> = {}): Promise<string> {
  const reply = await fetch(`${at.ready.apiBase}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: at === product ? 'demo/demo-claude' : 'm', stream: true, input }),
  });
  await reply.text();
  return reply.headers.get('x-deltascope-session') ?? '';
}

async function openSession(page: Page, at: Product, sessionId: string): Promise<void> {
  await page.goto(at.ready.uiUrl);
  await page.goto(`${at.ready.url}/#/session/${sessionId}`);
  await expect(page.locator('.table-row').first()).toBeVisible();
}

async function bytesOf(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
  return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

test.describe('export', () => {
  test('shows what goes in and proves it, and what is saved opens again with the same findings', async ({ page }) => {
    await openBroken(page);
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await expect(dialog.getByRole('button', { name: 'Save bundle' })).toBeDisabled();
    await dialog.getByRole('button', { name: 'Secrets and content' }).click();
    await expect(dialog.getByRole('list', { name: 'Proofs' })).toContainText('Same findings before and after', MAKING);
    await expect(dialog.getByRole('list', { name: 'Proofs' })).toContainText('No secret found in');
    await expect(dialog.getByRole('list', { name: 'Proofs' })).toContainText('Same verdicts before and after');
    await expect(dialog.getByRole('img', { name: 'proved' })).toHaveCount(4);
    await expect(dialog.locator('.file-text mark').first()).toBeVisible();
    await expect(dialog.locator('.file-id').first()).toContainText('resp_');
    await dialog.getByRole('button', { name: 'Changes' }).click();
    await expect(dialog.locator('.file-line').filter({ hasText: '−' }).first()).toBeVisible();
    await dialog.getByRole('button', { name: /^report\.md/ }).click();
    await expect(dialog.locator('.file-text')).toContainText('What happened');

    const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Save bundle' }).click()]);
    expect(download.suggestedFilename()).toBe('tool-loop-with-thinking-through-litellm.deltascope.zip');
    await expect(dialog).toHaveCount(0);
    const bytes = await bytesOf(download);
    await drop(page, bytes, download.suggestedFilename());
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^[Xx ,]+$/);
    const all = await sessions();
    const opened = all.find(({ title }) => /^[Xx ,]+$/.test(title));
    const original = all.find(({ title, faultCount }) => title === 'Tool loop with thinking, through LiteLLM' && faultCount > 0);
    expect(opened?.findingCounts.error).toBeGreaterThan(0);
    expect([opened?.findingCounts, opened?.faultCount]).toEqual([original?.findingCounts, original?.faultCount]);
  });

  test('saves HAR and JSON lines from the same dialog', async ({ page }) => {
    await openBroken(page);
    await page.getByRole('button', { name: 'Export' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export' });
    for (const [title, ending, text] of [
      ['HAR', '.har', '"log"'],
      ['JSON lines', '.jsonl', 'response.output_text.delta'],
    ] as const) {
      await dialog.getByRole('button', { name: title }).click();
      await expect(dialog.locator('.file-text')).toContainText(text.slice(0, 5));
      if (!(await dialog.isVisible())) continue;
      const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Save file' }).click()]);
      expect(download.suggestedFilename()).toMatch(new RegExp(`\\${ending}$`));
      expect((await bytesOf(download)).toString('utf8')).toContain(text);
      await page.getByRole('button', { name: 'Export' }).click();
    }
  });

  test('holds no planted secret, in no file and nowhere on the page', async ({ page }) => {
    const session = await ask(product, `Use ${SECRET} and tell me the weather`, { authorization: `Bearer ${SECRET}`, 'x-api-key': SECRET });
    await openSession(page, product, session);
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await expect(dialog.getByRole('list', { name: 'Proofs' })).toContainText(/authorization.* never recorded/, MAKING);
    for (const name of [/^request\.json/, /^upstream-request\.json/, /^report\.md/]) {
      await dialog.getByRole('button', { name }).click();
      await expect(dialog.locator('.file-line').first()).toBeVisible();
      expect(await page.content()).not.toContain(SECRET);
    }
    const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Save bundle' }).click()]);
    const zip = await readZip(await bytesOf(download), () => true);
    expect(zip.size).toBeGreaterThan(8);
    for (const [name, bytes] of zip) expect([name, Buffer.from(bytes).includes(SECRET)]).toEqual([name, false]);
  });

  test('can be cancelled while it is made, and says when it can’t be', async ({ page }) => {
    await openBroken(page);
    // nobody answers
    await page.route('**/bundle?*', () => undefined);
    await page.getByRole('button', { name: 'Export' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await expect(dialog.getByRole('status')).toContainText('Making the bundle');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Export' })).toBeFocused();
    await page.unroute('**/bundle?*');

    await page.route('**/bundle?*', (route) => route.fulfill({ status: 500, json: { error: { message: 'The disk is full.' } } }));
    await page.keyboard.press('e');
    await expect(dialog.getByRole('alert')).toContainText('The disk is full.');
    await expect(dialog.getByRole('button', { name: 'Save bundle' })).toBeDisabled();
    await page.unroute('**/bundle?*');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await expect(dialog.getByRole('button', { name: 'Save bundle' })).toBeEnabled(MAKING);
  });
});

test.describe('replay', () => {
  test('serves the session, lists who asked, and stops', async ({ page }) => {
    await openBroken(page);
    await page.keyboard.press('r');
    const dialog = page.getByRole('dialog', { name: 'Replay' });
    await dialog.getByRole('button', { name: 'Full speed' }).click();
    await dialog.getByRole('button', { name: 'Start serving' }).click();
    const card = dialog.getByRole('article', { name: 'Served' });
    await expect(card).toContainText('Nobody has asked yet.');
    const address = (await card.locator('.address-line .mono').textContent()) ?? '';
    const reply = await fetch(`${address}/responses`, { method: 'POST', body: '{"stream":true,"input":"x"}' });
    expect(await reply.text()).toContain('response.completed');
    await expect(card.getByRole('list', { name: 'What was asked' })).toContainText('answered by step 1');
    await card.getByRole('button', { name: 'Stop serving' }).click();
    await expect(card).toHaveCount(0);
    expect((await fetch(`${address}/models`)).status).toBe(404);
  });

  test('translates again, and leads to the comparison with the original', async ({ page }) => {
    await openBroken(page);
    await page.keyboard.press('r');
    const dialog = page.getByRole('dialog', { name: 'Replay' });
    await dialog.getByRole('button', { name: 'Translate again' }).first().click();
    await dialog.getByRole('button', { name: 'Translate again' }).last().click();
    await expect(dialog.getByRole('article', { name: 'Translated again' })).toContainText('2 of 2 steps');
    await dialog.getByRole('button', { name: 'Compare with the original' }).click();
    await expect(page).toHaveURL(/view=compare&with=/);
    await expect(page.locator('.compare-headline')).toContainText('Not equal');
  });

  test('sends again with progress, and can be cancelled', async ({ page }) => {
    upstream.answer('text');
    const session = await ask(slow, 'Hello there');
    await openSession(page, slow, session);
    upstream.answer('silent');
    await page.getByRole('button', { name: 'Replay' }).click();
    const dialog = page.getByRole('dialog', { name: 'Replay' });
    await dialog.getByRole('button', { name: 'Send again' }).click();
    await expect(dialog.getByRole('combobox', { name: 'Upstream' })).toContainText('anthropic');
    await dialog.getByRole('button', { name: 'Send again' }).last().click();
    const card = dialog.getByRole('article', { name: 'Sent again' });
    await expect(card.getByRole('progressbar')).toHaveAttribute('aria-valuemax', '1');
    await card.getByRole('button', { name: 'Cancel' }).click();
    await expect(card).toHaveCount(0);
    await upstream.seen.at(-1)?.closed;
    upstream.answer('text');
  });

  test('says where it stands what went wrong', async ({ page }) => {
    await openBroken(page);
    await page.route('**/replays', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({ status: 400, json: { error: { message: 'Too many replays are open.' } } })
        : route.continue(),
    );
    await page.keyboard.press('r');
    const dialog = page.getByRole('dialog', { name: 'Replay' });
    await dialog.getByRole('button', { name: 'Start serving' }).click();
    await expect(dialog.getByRole('alert')).toContainText('Too many replays are open.');
  });
});

test.describe('compare', () => {
  test('says plainly that two runs are equal but for ids, and is a link', async ({ page }) => {
    const input = 'The same twice';
    const [one, two] = [await ask(product, input), await ask(product, input)];
    expect(one).not.toBe(two);
    await openSession(page, product, one);
    await page.keyboard.press('c');
    await expect(page.locator('.compare-headline')).toContainText('Equal but for ids, chunk borders and time.');
    await expect(page.locator('.id-pairs tbody tr').first()).toContainText('resp_');
    const link = page.url();
    await page.goto('about:blank');
    await page.goto(link);
    await expect(page.locator('.compare-headline')).toContainText('Equal but for ids');
    await page.getByLabel('Only what differs').check();
    await expect(page.locator('.compare-table')).toContainText('No differences.');
    await page.getByLabel('Only what differs').uncheck();
    await page.getByLabel('Session at the right').selectOption({ label: 'This stream, repaired by Deltascope' });
    await expect(page.getByRole('region', { name: 'Repair' })).toContainText('nothing to repair');
  });

  test('walks the rows by key and leads to the events', async ({ page }) => {
    await openBroken(page);
    await page.keyboard.press('Shift+R');
    const grid = page.getByRole('grid', { name: 'Both streams by role' });
    await grid.focus();
    await page.keyboard.press('Home');
    await expect(grid.locator('.selected')).toContainText('created');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect(grid.locator('.selected')).toContainText('changed');
    await page.getByRole('button', { name: /^Left: event 2 of step/ }).click();
    await expect(page.locator('.table-row.selected')).toContainText('output_item.added');
  });

  test('names a step that is not there', async ({ page }) => {
    await openBroken(page);
    const place = page.url().split('?')[0] ?? '';
    await page.goto(`${place}?view=compare&with=step_none`);
    await expect(page.getByRole('alert')).toContainText('There is no step step_none.');
  });
});

test.describe('repair', () => {
  test('shows before and after, saves a stream that lints without errors, and how to have it live', async ({ page }) => {
    await openBroken(page);
    await page.locator('.finding-actions').getByRole('button', { name: 'Repair' }).click();
    const bar = page.getByRole('region', { name: 'Repair' });
    await expect(bar).toContainText(/Repair makes \d+ changes: \d+ errors before, none after\./);
    await expect(page.locator('.compare-row.extra').first()).toBeVisible();
    await bar.getByRole('button', { name: 'Repair it live' }).click();
    await expect(bar).toContainText('"repair":true');
    await expect(bar).toContainText('x-deltascope-repair: on');
    const [download] = await Promise.all([page.waitForEvent('download'), bar.getByRole('button', { name: 'Save .sse' }).click()]);
    expect(download.suggestedFilename()).toBe('repaired.sse');
    const { findings } = lintFrames(readFrames(await bytesOf(download)));
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

test.describe('minimal repro', () => {
  test('reduces to the few events of a rule, and saves stream and script', async ({ page }) => {
    await openBroken(page);
    await page.locator('.finding-actions').getByRole('button', { name: 'Minimal repro' }).click();
    const dialog = page.getByRole('dialog', { name: 'Minimal repro' });
    await dialog.getByRole('button', { name: 'Reduce' }).click();
    const result = dialog.getByRole('region', { name: 'The repro' });
    await expect(result).toContainText(/\d+ events reduced to \d+/);
    await expect(result).toContainText('run once more: fails in the same way');
    for (const name of ['repro.sse', 'repro.mjs', 'README.md']) {
      const [download] = await Promise.all([page.waitForEvent('download'), result.getByRole('button', { name }).click()]);
      expect(download.suggestedFilename()).toBe(name);
      if (name === 'repro.sse')
        expect(lintFrames(readFrames(await bytesOf(download))).findings.map(({ rule }) => rule)).toContain('item-id-announced');
    }
  });

  test('runs a real client, and stops when it is cancelled', async ({ page }) => {
    await openBroken(page);
    await page.keyboard.press('m');
    const dialog = page.getByRole('dialog', { name: 'Minimal repro' });
    const target = dialog.getByRole('combobox');
    await expect(target.locator('option[value="client ai5"]')).toBeAttached(MAKING);
    await target.selectOption('client ai5');
    await dialog.getByRole('button', { name: 'Reduce' }).click();
    await expect(dialog.getByRole('progressbar')).toBeVisible();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog.getByRole('progressbar')).toHaveCount(0);
    await expect(dialog.getByRole('button', { name: 'Reduce' })).toBeEnabled();
  });

  test('says what can’t be reduced', async ({ page }) => {
    await openBroken(page);
    await page.route('**/repro', (route) =>
      route.fulfill({ status: 400, json: { error: { message: 'The stream fails now and then only.' } } }),
    );
    await page.keyboard.press('m');
    const dialog = page.getByRole('dialog', { name: 'Minimal repro' });
    await dialog.getByRole('button', { name: 'Reduce' }).click();
    await expect(dialog.getByRole('alert')).toContainText('now and then');
    await expect(dialog.getByRole('button', { name: 'Try again' })).toBeEnabled();
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the dialogs and the comparison, ${colorScheme}`, async ({ page }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await openBroken(page);
    for (const [key, ready] of [
      ['e', '.file-line'],
      ['r', '.replay-what'],
      ['m', '.repro-target'],
    ] as const) {
      await page.keyboard.press(key);
      await expect(page.locator(ready).first()).toBeVisible(MAKING);
      expect(await violations(page), key).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.locator('dialog[open]')).toHaveCount(0);
    }
    await page.keyboard.press('Shift+R');
    await expect(page.locator('.compare-row.extra').first()).toBeVisible();
    await page.getByRole('button', { name: 'Repair it live' }).click();
    expect(await violations(page), 'compare').toEqual([]);
  });
}

/** As a file that the reader drags onto the page. */
async function drop(page: Page, bytes: Buffer, name: string): Promise<void> {
  const before = (await sessions()).length;
  const data = await page.evaluateHandle(
    ({ text, file }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(text), (char) => char.charCodeAt(0))], file));
      return transfer;
    },
    { text: bytes.toString('base64'), file: name },
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  await expect.poll(async () => (await sessions()).length).toBe(before + 1);
}

async function sessions(): Promise<Session[]> {
  const reply = await fetch(`${product.ready.url}/api/sessions`, { headers: { authorization: `Bearer ${product.ready.token}` } });
  return ((await reply.json()) as SessionsPage).sessions;
}
