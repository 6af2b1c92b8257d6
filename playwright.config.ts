/**
 * Tests in real programs: `page` drives the product in Chromium, `desktop` drives the Electron app
 * (DELTASCOPE_DESKTOP_EXE makes that the packed one). Each test starts the product it needs itself.
 */
import { defineConfig } from '@playwright/test';
import { CHROMIUM_SWITCHES, findChromium } from './test/helpers/chromium.ts';

const executablePath = findChromium();

export default defineConfig({
  testDir: 'test/e2e',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  retries: 0,
  workers: 2,
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
  use: {
    trace: 'retain-on-failure',
    launchOptions: { args: CHROMIUM_SWITCHES, ...(executablePath === undefined ? {} : { executablePath }) },
  },
  projects: [
    { name: 'page', testMatch: '**/*.spec.ts', testIgnore: '**/desktop-*.spec.ts', use: { browserName: 'chromium' } },
    { name: 'desktop', testMatch: '**/desktop-*.spec.ts' },
  ],
});
