/** `npm run icons`: the app's pictures from resources/icon.svg, drawn by Chromium. electron-builder makes .icns and .ico of the largest. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { CHROMIUM_SWITCHES } from '../test/helpers/chromium.ts';
import { fromRoot } from './lib/paths.ts';
import { provideChromium } from './lib/provide-chromium.ts';

const SIZES = [16, 32, 48, 64, 128, 256, 512];
const TRAY = [
  { file: 'tray.png', sizePx: 22 },
  { file: 'tray@2x.png', sizePx: 44 },
];

const svg = readFileSync(fromRoot('resources/icon.svg'), 'utf8');
const browser = await chromium.launch({ executablePath: await provideChromium(), args: CHROMIUM_SWITCHES });
const page = await browser.newPage();

async function draw(sizePx: number): Promise<Buffer> {
  await page.setViewportSize({ width: sizePx, height: sizePx });
  await page.setContent(
    `<style>html,body{margin:0;background:transparent}svg{display:block;width:${sizePx}px;height:${sizePx}px}</style>${svg}`,
  );
  return page.screenshot({ omitBackground: true });
}

mkdirSync(fromRoot('resources/icons'), { recursive: true });
for (const sizePx of SIZES) writeFileSync(fromRoot(`resources/icons/${sizePx}x${sizePx}.png`), await draw(sizePx));
for (const { file, sizePx } of TRAY) writeFileSync(fromRoot('resources', file), await draw(sizePx));
writeFileSync(fromRoot('resources/icon.png'), await draw(1024));
await browser.close();
