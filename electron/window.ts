/** The window: one per app, showing the bridge's page, or one plain sentence while there is none. */
import { join } from 'node:path';
import { app, BrowserWindow, screen } from 'electron';
import { hardenContents, type OwnOrigin } from './security.ts';
import { readWindowState, writeWindowState } from './window-state.ts';

export interface WindowOptions {
  statePath: string;
  ownOrigin: OwnOrigin;
  log: (line: string) => void;
}

export function createWindow({ statePath, ownOrigin, log }: WindowOptions): BrowserWindow {
  const { bounds, isMaximized } = readWindowState(
    statePath,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    ...(bounds ?? { width: 1440, height: 900 }),
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'Deltascope',
    backgroundColor: '#111315',
    icon: join(app.getAppPath(), 'resources/icons/256x256.png'),
    webPreferences: {
      preload: join(app.getAppPath(), 'dist/preload/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (isMaximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  hardenContents(window.webContents, ownOrigin);
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    log(`page: its process ended (${reason})`);
    if (reason !== 'clean-exit') window.webContents.reload();
  });
  window.on('close', () => {
    try {
      writeWindowState(statePath, { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
    } catch (error) {
      log(`window: its place can't be remembered, ${(error as Error).message}`);
    }
  });
  return window;
}

/** Shown while no bridge has answered yet: there is no page to draw a line on. */
export function showSentence(window: BrowserWindow, sentence: string): void {
  const text = sentence.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Deltascope</title>
<style>body{font:14px/20px Inter,system-ui,sans-serif;background:#111315;color:#e8ebee;margin:30vh auto;max-width:560px}h1{font-size:16px}</style>
<h1>Deltascope</h1>
<p role="status">${text}</p>
</html>`;
  window.loadURL(`data:text/html;charset=utf-8,${encodeURIComponent(html)}`).catch(() => undefined); // superseded by the page: all the better
}
