/**
 * Gets a browser for the tests when none is there: Playwright's own download, else Debian's package when
 * we are root. What is found is started once, because a downloaded Chromium may lack its libraries.
 */
import { existsSync } from 'node:fs';
import { CHROMIUM_SWITCHES, findChromium } from '../../test/helpers/chromium.ts';
import { runProgram } from './run-program.ts';

/** The path of a Chromium that starts. @throws with one sentence when there is none to be had. */
export async function provideChromium(): Promise<string> {
  const there = findChromium();
  if (there !== undefined && (await doesStart(there))) return there;
  await runProgram('playwright', ['install', 'chromium'], { limitMs: 180_000 });
  const downloaded = findChromium();
  if (downloaded !== undefined && (await doesStart(downloaded))) return downloaded;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    await runProgram('apt-get', ['update', '-qq'], { limitMs: 120_000 });
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await runProgram('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env, limitMs: 300_000 });
    const installed = findChromium();
    if (installed !== undefined && (await doesStart(installed))) return installed;
  }
  throw new Error('No Chromium is here and none could be fetched: install one and name it in DELTASCOPE_CHROMIUM.');
}

async function doesStart(path: string): Promise<boolean> {
  const args = ['--headless', ...CHROMIUM_SWITCHES, '--disable-gpu', '--dump-dom', 'data:text/html,<p>here</p>'];
  const { stdout } = await runProgram(path, args, { limitMs: 60_000 });
  return stdout.includes('here');
}
