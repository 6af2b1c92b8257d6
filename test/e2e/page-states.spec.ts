/** Connect, a gateway recorded on both sides, and the page's other states: empty, live, failed, narrow; all under axe. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { startFakeGateway, startFakeProvider, type LocalServer } from '../helpers/fake-gateway.ts';
import { openLink } from '../helpers/broken-session.ts';
import { startMockBridge } from '../helpers/mock-control-api.ts';
import { generateSession } from '../helpers/mock-sessions.ts';
import { PAGE_FOLDER, startProduct, type Product } from '../helpers/start-product.ts';

async function expectNoViolations(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
  const found = violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect(found, what).toEqual([]);
}

test.describe('Connect', () => {
  let product: Product;
  test.beforeAll(async () => {
    product = await startProduct({ withSamples: true });
  });
  test.afterAll(() => product.close());

  test('has a snippet per client, each with the address, and remembers none of the samples as a request', async ({ page }) => {
    await page.goto(product.ready.uiUrl);
    await page.getByRole('button', { name: 'Connect' }).click();
    await expect(page.locator('.progress-step').nth(1)).toContainText('Nothing has called yet');
    await expect(page.locator('.progress-step').nth(2)).toBeInViewport({ ratio: 1 });
    for (const client of ['AI SDK', 'openai-node', 'openai-python', 'Agents SDK', 'Codex', 'curl']) {
      await page.getByRole('tab', { name: client, exact: true }).click();
      await expect(page.getByLabel('Snippet')).toContainText(product.ready.apiBase);
    }
    await page.getByRole('tab', { name: 'LiteLLM' }).click();
    await expect(page.getByLabel('Snippet')).toContainText(`${product.ready.url}/u/anthropic`);
    await page.getByRole('tab', { name: 'Any program' }).click();
    await expect(page.getByLabel('Snippet')).toContainText('deltascope run -- ');
  });

  test('ticks as soon as the first request comes', async ({ page }) => {
    await page.goto(product.ready.uiUrl);
    await page.getByRole('button', { name: 'Connect' }).click();
    await expect(page.locator('.progress-step').nth(1)).not.toHaveClass(/done/);
    const reply = await fetch(`${product.ready.apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'OpenAI/Python 3.1.4' },
      body: JSON.stringify({ model: 'demo/weather', input: 'Tick, please', stream: true }),
    });
    await expect(page.locator('.progress-step').nth(1)).toHaveClass(/done/);
    await expect(page.locator('.progress-step').nth(1)).toContainText('openai-python');
    await reply.text();
    await expect(page.locator('.progress-step').nth(2)).toHaveClass(/done/);
  });
});

test.describe('a gateway that tries again', () => {
  let product: Product;
  let gateway: LocalServer;
  let provider: LocalServer;
  const sse = (event: { type: string }): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

  test.beforeAll(async () => {
    let calls = 0;
    provider = await startFakeProvider(() => {
      calls += 1;
      if (calls === 1) {
        return { status: 529, frames: [JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })] };
      }
      const message = { id: 'msg_0123', type: 'message', role: 'assistant', model: 'claude-haiku-4-5', content: [], stop_reason: null };
      return {
        frames: [
          { type: 'message_start', message: { ...message, usage: { input_tokens: 9, output_tokens: 1 } } },
          { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
          { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Sunny in Paris.' } },
          { type: 'content_block_stop', index: 0 },
          { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } },
          { type: 'message_stop' },
        ].map(sse),
      };
    });
    const call = {
      path: '/u/anthropic/v1/messages',
      body: {
        model: 'claude-haiku-4-5',
        max_tokens: 64,
        stream: true,
        messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
      },
    };
    const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed' };
    const part = { type: 'output_text', text: 'Sunny in Paris.', annotations: [] };
    const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'claude', output: [{ ...item, content: [part] }] };
    gateway = await startFakeGateway(
      () => product.ready.url,
      () => ({
        calls: [call, call],
        answer: () =>
          [
            { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
            { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
            { type: 'response.output_text.delta', output_index: 0, content_index: 0, item_id: 'msg_1', delta: 'Sunny in Paris.' },
            { type: 'response.output_item.done', output_index: 0, item: { ...item, content: [part] } },
            { type: 'response.completed', response: { ...response, status: 'completed' } },
          ].map(sse),
      }),
    );
    product = await startProduct({
      withSamples: false,
      upstreams: [
        { name: 'litellm', kind: 'responses', baseURL: gateway.baseURL },
        { name: 'anthropic', kind: 'anthropic', baseURL: provider.origin },
      ],
    });
    const reply = await fetch(`${product.ready.apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'claude', stream: true, input: [{ role: 'user', content: 'What is the weather in Paris?' }] }),
    });
    await reply.text();
  });
  test.afterAll(async () => {
    await product.close();
    await gateway.close();
    await provider.close();
  });

  test('shows each of its calls, leads to them and back', async ({ page }) => {
    await page.goto(product.ready.uiUrl);
    const calls = page.locator('.gateway-row');
    await expect(calls).toContainText('LiteLLM made 2 calls');
    await expect(calls.locator('.gateway-call').first()).toContainText('failed, HTTP 529');
    await expect(calls.locator('.gateway-call').nth(1)).toContainText('completed');
    await page.getByRole('tab', { name: 'Result' }).click();
    await page.getByRole('tab', { name: 'LiteLLM’s calls' }).click();
    await page.locator('.gateway-calls .link').first().click();
    await expect(page.getByRole('region', { name: 'What the client should have got' })).toContainText('overloaded_error');
    await page.getByRole('button', { name: /back to the step it was made for/ }).click();
    await expect(page.locator('.session-header')).toContainText('LiteLLM');
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await expect(calls).toBeVisible();
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in any state of the page, ${colorScheme}`, async ({ page }) => {
    // axe takes seconds for each state
    test.setTimeout(400_000);
    await page.emulateMedia({ colorScheme });
    const empty = await startProduct({ withSamples: false });
    await page.goto(empty.ready.uiUrl);
    await expect(page.getByText('No sessions yet')).toBeVisible();
    await expectNoViolations(page, 'empty store');
    await page.goto(`${empty.ready.url}/#/session/sess_gone`);
    await expect(page.getByRole('alert')).toContainText("This session can't be shown");
    await expectNoViolations(page, 'no such session');
    await empty.close();

    const live = generateSession('live', 60, 1_795_000_000_000_000);
    const [step] = live.steps;
    if (step === undefined) throw new Error('no step was made');
    step.events = step.events.slice(0, 30);
    step.step.status = 'streaming';
    step.step.eventCount = 30;
    live.session.status = 'streaming';
    const bridge = await startMockBridge(PAGE_FOLDER, [live]);
    await page.goto(bridge.url);
    await expect(page.locator('.event-count')).toHaveText('30 events');
    await expectNoViolations(page, 'live');
    await page.keyboard.press('Control+f');
    await page.keyboard.type('text:nothing-like-it');
    await expect(page.getByText('No events match')).toBeVisible();
    await expectNoViolations(page, 'no match');
    await bridge.close();
    await expect(page.locator('.address')).toContainText('Bridge not reachable');
    await expectNoViolations(page, 'bridge lost');

    const full = await startProduct({ withSamples: true });
    await page.setViewportSize({ width: 1100, height: 720 });
    await openLink(page, full, '/step/2/event/14');
    await expect(page.locator('.finding-card')).toBeVisible();
    await expectNoViolations(page, 'narrow');
    await page.getByRole('button', { name: 'Show sessions' }).click();
    await expectNoViolations(page, 'drawer');
    await page.getByRole('option', { name: /Tool loop with thinking, through LiteLLM \d\d:/ }).click();
    await page.getByRole('tab', { name: 'Id map' }).click();
    await page.getByRole('button', { name: 'Who breaks' }).click();
    await expectNoViolations(page, 'clients in a narrow window');
    await page.getByRole('button', { name: 'Back to the ids' }).click();
    await expect(page.getByRole('table', { name: 'Where each id occurs' })).toBeVisible();
    await full.close();
  });
}
