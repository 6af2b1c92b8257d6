/**
 * The page over long sessions, in real Chromium: how long they take to open, the longest task while they
 * are scrolled and zoomed, and the memory of the page. One step holds all events, the worst case for the
 * timeline. The targets are those that people feel, so they are numbers of their own and no multiple of a floor.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionsPage, SessionWithSteps } from '../../proxy-core/protocol/api/control-api.ts';
import { toResult, type BenchLine, type BenchResult, type Pair } from '../bench-line.ts';
import { openBareBrowser } from '../lib/bare-browser.ts';
import { fillLongStep } from '../lib/fill-store.ts';
import { openPageStage, type BenchSession, type PageStage } from '../lib/page-stage.ts';
import { startBridge, type RunningBridge } from '../lib/run-programs.ts';

const MAX_TASK_MS = 50;
const MAX_MEMORY_MB = 300;
const SMALL = 100;

export const page: BenchLine = {
  id: 'page',
  async run({ isQuick }) {
    const sizes = isQuick ? [1_000, 10_000] : [100_000, 1_000_000];
    const opens = isQuick ? 1 : 5;
    const results: BenchResult[] = [];
    for (const [at, deltas] of sizes.entries()) {
      const dataDir = mkdtempSync(join(tmpdir(), 'deltascope-bench-'));
      fillLongStep(dataDir, SMALL);
      const events = fillLongStep(dataDir, deltas);
      const bridge = await startBridge({ dataDir });
      try {
        results.push(...(await measure(bridge, { events, opens, maxOpenMs: at === 0 ? 1_000 : 4_000 })));
      } finally {
        await bridge.stop();
        rmSync(dataDir, { recursive: true, force: true });
      }
    }
    return results;
  },
};

async function measure(bridge: RunningBridge, size: { events: number; opens: number; maxOpenMs: number }): Promise<BenchResult[]> {
  const sessions = await readSessions(bridge);
  const long = sessions.find(({ events }) => events === size.events);
  const small = sessions.find(({ events }) => events !== size.events);
  if (!long || !small) throw new Error(`The store does not hold the session of ${size.events} events.`);
  const open: Pair[] = [];
  const longest: Pair[] = [];
  const memory: Pair[] = [];
  for (let i = 0; i < size.opens; i++) {
    const stage = await openPageStage(bridge);
    try {
      const floor = await stage.fetchMs(long);
      const smallMs = await gestures(stage, small);
      open.push({ value: await stage.openMs(long), floor });
      longest.push({ value: await gestures(stage, null), floor: smallMs });
    } finally {
      await stage.close();
    }
    if (process.platform === 'linux') memory.push({ value: await memoryMb(bridge, long), floor: await memoryMb(bridge, small) });
  }
  const name = size.events.toLocaleString('en');
  return [
    toResult({
      line: `page, open ${name} events`,
      unit: 'ms',
      floorIs: 'the page fetches the same columns and drops them',
      target: { as: 'value', atMost: size.maxOpenMs },
      pairs: open,
    }),
    toResult({
      line: `page, longest task over ${name} events`,
      unit: 'ms',
      floorIs: `the same scrolling, zooming and panning over ${SMALL} events`,
      target: { as: 'value', atMost: MAX_TASK_MS },
      pairs: longest,
    }),
    ...(memory.length === 0
      ? []
      : [
          toResult({
            line: `page, memory with ${name} events`,
            unit: 'MB',
            floorIs: 'the same page with a small session',
            target: { as: 'value', atMost: MAX_MEMORY_MB },
            pairs: memory,
          }),
        ]),
  ];
}

/** Of the page with the session open, after it was scrolled and zoomed; garbage included. */
async function memoryMb({ ready }: RunningBridge, { id, events }: BenchSession): Promise<number> {
  const browser = await openBareBrowser(`${ready.uiUrl}#/session/${id}`);
  try {
    await browser.run(toScript(waitForEvents, `${events.toLocaleString('en')} event`));
    await browser.run(toScript(scrollAndZoom, STEPS));
    return browser.memoryMb();
  } finally {
    browser.close();
  }
}

const toScript = <Argument>(run: (argument: Argument) => Promise<void>, argument: Argument): string =>
  `(${run.toString()})(${JSON.stringify(argument)})`;

// Both run in the page.
async function waitForEvents(wanted: string): Promise<void> {
  while (!(document.querySelector('.event-count')?.textContent ?? '').startsWith(wanted)) await new Promise(requestAnimationFrame);
}
async function scrollAndZoom(steps: number): Promise<void> {
  const table = document.querySelector('.table-body');
  const zoom = { ctrlKey: true, clientX: 700, clientY: 200, bubbles: true, cancelable: true };
  for (let i = 0; i < steps * 2; i += 1) {
    table?.scrollTo(0, (table.scrollHeight * (i % steps)) / steps);
    document.querySelector('.plot')?.dispatchEvent(new WheelEvent('wheel', { ...zoom, deltaY: i < steps ? -100 : 100 }));
    await new Promise(requestAnimationFrame);
  }
}

async function readSessions({ ready }: RunningBridge): Promise<BenchSession[]> {
  const ask = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${ready.url}/api${path}`, { headers: { authorization: `Bearer ${ready.token}` } })).json()) as T;
  const { sessions } = await ask<SessionsPage>('/sessions');
  const whole = await Promise.all(sessions.map(({ id }) => ask<SessionWithSteps>(`/sessions/${id}`)));
  return whole.flatMap(({ id, steps }) => steps.map((step) => ({ id, stepId: step.id, events: step.eventCount })));
}

const STEPS = 40;
const FRAME_MS = 16;

/** Scrolls the table by wheel and by leaps, zooms and pans the timeline. @returns the longest task, in ms. */
async function gestures(stage: PageStage, session: BenchSession | null): Promise<number> {
  const { page: tab } = stage;
  if (session !== null) await stage.openMs(session);
  const centre = async (selector: string): Promise<[number, number]> => {
    const box = await tab.locator(selector).first().boundingBox();
    if (!box) throw new Error(`The page shows no ${selector}.`);
    return [box.x + box.width / 2, box.y + Math.min(box.height / 2, 60)];
  };
  const wheel = async (x: number, y: number): Promise<void> => {
    for (let i = 0; i < STEPS; i++) {
      await tab.mouse.wheel(x, y);
      await tab.waitForTimeout(FRAME_MS);
    }
  };
  return stage.longestTaskMs(async () => {
    await tab.mouse.move(...(await centre('.plot')));
    await tab.keyboard.down('Control');
    await wheel(0, -120);
    await tab.keyboard.up('Control');
    await wheel(90, 0);
    await tab.keyboard.down('Control');
    await wheel(0, 120);
    await tab.keyboard.up('Control');
    await tab.mouse.move(...(await centre('.table-body')));
    await wheel(0, 500);
    for (let i = 1; i <= STEPS; i++) {
      await tab.locator('.table-body').evaluate((table, part) => table.scrollTo(0, table.scrollHeight * part), i / STEPS);
      await tab.waitForTimeout(FRAME_MS);
    }
  });
}
