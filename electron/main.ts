/**
 * The desktop app's start, in order: its folder, its log, the single instance, then window, tray and bridge.
 * It owns no traffic: the bridge is a process of its own, and the window shows the page that the bridge serves.
 */
import { join } from 'node:path';
import { app, dialog } from 'electron';
import { createDesktop } from './desktop.ts';
import { parseArguments, SCHEME, toPageHash } from './deep-link.ts';
import { createLog } from './log.ts';

// Before anything reads a path. A data dir of its own makes an app of its own: settings, window, instance lock.
const dataDir = process.env['DELTASCOPE_DATA_DIR'];
if (dataDir) app.setPath('userData', join(dataDir, 'desktop'));
const folder = app.getPath('userData');
const log = createLog(join(folder, 'logs'));

process.on('uncaughtException', (error) => log.write(`app: ${error.stack ?? error.message}`));
process.on('unhandledRejection', (reason) =>
  log.write(`app: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`),
);

if (app.requestSingleInstanceLock()) start();
else app.exit(0); // the running one has been told, by `second-instance`

function start(): void {
  // With --no-sandbox (root, containers) this would end Chromium's own processes. The window asks for its sandbox anyway.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  if (app.isPackaged) app.setAsDefaultProtocolClient(SCHEME);
  const separator = process.argv.indexOf('--');
  const desktop = createDesktop({ folder, log, bridgeArguments: separator === -1 ? [] : process.argv.slice(separator + 1) });

  app.on('second-instance', (_event, argv) => desktop.open(parseArguments(argv)));
  // macOS hands files and links over by events.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    desktop.open({ files: [path], places: [] });
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    desktop.open({ files: [], places: [toPageHash(url) ?? []].flat() });
  });
  app.on('window-all-closed', () => app.quit());
  app.on('activate', () => desktop.show());

  let isStopped = false;
  app.on('before-quit', (event) => {
    if (isStopped) return;
    // Streams in flight are closed and recorded first; then the same again, for good.
    event.preventDefault();
    void desktop.stop().finally(() => {
      isStopped = true;
      app.quit();
    });
  });

  app.whenReady().then(
    () => {
      desktop.start();
      desktop.open(parseArguments(process.argv));
    },
    (error: unknown) => {
      dialog.showErrorBox('Deltascope', `The app can't start: ${String(error)}`);
      app.exit(1);
    },
  );
}
