/**
 * The built page of a running bridge in real Chromium, and what is measured there: how long a session
 * takes to open, the longest task while something is done.
 */
import { chromium, type Page } from '@playwright/test';
import { asArray, asNumber, asObject, asString, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { provideChromium } from '../../scripts/lib/provide-chromium.ts';
import { CHROMIUM_SWITCHES } from '../../test/helpers/chromium.ts';
import type { RunningBridge } from './run-programs.ts';

export interface PageStage {
  page: Page;
  /** From choosing a session to all its events in the table and on the timeline. */
  openMs(session: BenchSession): Promise<number>;
  /** From asking for the session to having its columns, and nothing done with them. */
  fetchMs(session: BenchSession): Promise<number>;
  longestTaskMs(run: () => Promise<void>): Promise<number>;
  close(): Promise<void>;
}

export interface BenchSession {
  id: string;
  stepId: string;
  events: number;
}

/** After loading the page compiles, lays out its fonts and asks for its lists. */
const SETTLE_MS = 1_500;
const VIEWPORT = { width: 1440, height: 900 };

/** @param view the page's hash to begin with. */
export async function openPageStage(bridge: RunningBridge, view = '#/?view=connect'): Promise<PageStage> {
  const browser = await chromium.launch({ executablePath: await provideChromium(), args: CHROMIUM_SWITCHES });
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.goto(`${bridge.ready.uiUrl}${view}`);
  await page.locator('[data-pane="sessions"]').waitFor();
  await page.waitForTimeout(SETTLE_MS);

  return {
    page,
    openMs: ({ id, events }) =>
      page.evaluate(
        async ({ hash, wanted }) => {
          const startedAt = performance.now();
          const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
          location.hash = hash;
          while (!(document.querySelector('.event-count')?.textContent ?? '').startsWith(wanted)) await frame();
          return performance.now() - startedAt;
        },
        { hash: `#/session/${id}`, wanted: `${events.toLocaleString('en')} event` },
      ),
    fetchMs: ({ stepId, events }) =>
      page.evaluate(
        async ({ step, count, limit }) => {
          const startedAt = performance.now();
          for (let after = -1; after + 1 < count; after += limit) {
            await (await fetch(`/api/steps/${step}/columns/events?after=${after}&limit=${limit}`)).arrayBuffer();
          }
          return performance.now() - startedAt;
        },
        { step: stepId, count: events, limit: 100_000 },
      ),
    async longestTaskMs(run) {
      await browser.startTracing(page, { categories: ['toplevel'] });
      await run();
      return longestTask(await browser.stopTracing());
    },
    close: () => browser.close(),
  };
}

/** The longest turn of the page's own thread, in ms. */
function longestTask(trace: Buffer): number {
  const events = asArray(parseJsonObject(trace.toString('utf8'))?.['traceEvents']).map(asObject);
  const threadOf = (event: { [key: string]: unknown }): string => `${asNumber(event['pid'])}/${asNumber(event['tid'])}`;
  const isPage = (event: { [key: string]: unknown }): boolean => asString(asObject(event['args'])['name']) === 'CrRendererMain';
  const pageThreads = new Set(events.filter((event) => event['name'] === 'thread_name' && isPage(event)).map(threadOf));
  const turns = events.filter((event) => asString(event['name'])?.endsWith('RunTask') === true && pageThreads.has(threadOf(event)));
  if (turns.length === 0) throw new Error('The trace names no task of the page: the browser calls them something else.');
  return Math.max(...turns.map((turn) => (asNumber(turn['dur']) ?? 0) / 1000));
}
