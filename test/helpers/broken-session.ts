/** The broken sample in the page: opened, and its address. */
import { expect, type Page } from '@playwright/test';
import type { SessionsPage } from '../../proxy-core/protocol/api/control-api.ts';
import type { Product } from './start-product.ts';

const TITLE = 'Tool loop with thinking, through LiteLLM';

export async function brokenSessionId({ ready }: Product): Promise<string> {
  const reply = await fetch(`${ready.url}/api/sessions`, { headers: { authorization: `Bearer ${ready.token}` } });
  const { sessions } = (await reply.json()) as SessionsPage;
  const found = sessions.find((session) => session.title === TITLE && session.findingCounts.error > 0);
  if (found === undefined) throw new Error(`The samples hold no broken session called "${TITLE}".`);
  return found.id;
}

/** Opens a place of the broken sample as somebody who was sent a link to it. */
export async function openLink(page: Page, product: Product, place: string): Promise<void> {
  const id = await brokenSessionId(product);
  await page.goto(product.ready.uiUrl);
  await expect(page.locator('.session-header')).toBeVisible();
  await page.goto('about:blank');
  await page.goto(`${product.ready.url}/#/session/${id}${place}`);
  await expect(page.locator('.session-header h1')).toHaveText(TITLE);
}
