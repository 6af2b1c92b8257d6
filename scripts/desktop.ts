/** `npm run desktop`: the window. Fetches Electron the way its own package does when it is not there. */
import { buildIfStale } from './lib/build-if-stale.ts';
import { fetchElectron, findElectron, hasDisplay } from './lib/electron-binary.ts';
import { openDesktop } from './lib/open-desktop.ts';
import { ALL_PARTS } from './lib/stale.ts';

process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  if (!hasDisplay()) {
    return fail('There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set): use npm start, which serves the page to a browser.');
  }
  const electron = findElectron() ?? fetchElectron();
  if (electron === undefined) {
    return fail(
      'Electron could not be fetched: set ELECTRON_OVERRIDE_DIST_PATH to the folder of an Electron that is already there, or use npm start, which serves the page to a browser.',
    );
  }
  await buildIfStale(ALL_PARTS);
  return openDesktop(electron, args);
}

function fail(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 2;
}
