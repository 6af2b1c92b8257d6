/**
 * Which Chromium the browser tests drive: DELTASCOPE_CHROMIUM, the system's, or the one Playwright has
 * downloaded. Finding only; scripts/lib/provide-chromium.ts gets one where none is there.
 */
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['DELTASCOPE_CHROMIUM'];
  return [...(named ? [named] : []), ...SYSTEM, chromium.executablePath()].find((path) => existsSync(path));
}

/** Root has no sandbox to drop into; the rest is for containers with a small /dev/shm. */
export const CHROMIUM_SWITCHES = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage'];
