/**
 * `npm start [-- options of serve]`: builds what is stale, then the desktop window when an Electron
 * binary and a display are there, else the bridge, which prints its address and opens the browser
 * (not with --no-open, not in CI).
 */
import { buildIfStale } from './lib/build-if-stale.ts';
import { runCommandLine } from './lib/command-line.ts';
import { findElectron, hasDisplay } from './lib/electron-binary.ts';
import { openDesktop } from './lib/open-desktop.ts';
import { ALL_PARTS } from './lib/stale.ts';

const args = process.argv.slice(2);
const wantsBridgeOnly = args.some((arg) => arg === '--no-open' || arg === '--ready-json' || arg === '--help');
const electron = wantsBridgeOnly || !hasDisplay() ? undefined : findElectron();
if (electron === undefined) {
  await buildIfStale(['bridge', 'page']);
  await runCommandLine(['serve', ...args]);
} else {
  await buildIfStale(ALL_PARTS);
  process.exitCode = await openDesktop(electron, args);
}
