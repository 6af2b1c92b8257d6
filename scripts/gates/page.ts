/** The product in a real Chromium. */
import { provideChromium } from '../lib/provide-chromium.ts';
import { toSingleResult, type Gate } from './gate.ts';
import { runPlaywright } from './playwright.ts';

export const pageGate: Gate = {
  name: 'page in Chromium',
  run: async () => {
    let browser: string;
    try {
      browser = await provideChromium();
    } catch (error) {
      return toSingleResult(false, 1, 'look for a browser', `${(error as Error).message}\n`);
    }
    return runPlaywright({ project: 'page', reportName: 'page', env: { ...process.env, DELTASCOPE_CHROMIUM: browser } });
  },
};
