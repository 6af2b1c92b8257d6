/**
 * The app's composition root: bridge, window, menu, tray and page channels, joined on one page. What comes in
 * before the page is there (files, links) waits for it.
 */
import { join } from 'node:path';
import { app, clipboard, dialog, Notification, safeStorage, session, shell, type BrowserWindow } from 'electron';
import type { DesktopNote } from '../proxy-core/protocol/api/desktop-api.ts';
import { launchBridge } from './bridge-child.ts';
import { importFile, saveBundle, toSessionId } from './bundles.ts';
import type { HandedOver } from './deep-link.ts';
import { handleRequests, sendEvent } from './ipc.ts';
import { createKeyStore, type SafeStorage } from './keys.ts';
import { watchLive } from './live-watch.ts';
import type { Log } from './log.ts';
import { bringToFront, installMenu } from './menu.ts';
import { findPortOwner } from './port-owner.ts';
import { createProxyProcess, type BridgeState } from './proxy-process.ts';
import { hardenSession } from './security.ts';
import { createSettingsStore } from './settings.ts';
import { createTray, type AppTray } from './tray.ts';
import { checkForUpdates } from './updates.ts';
import { createWindow, showSentence } from './window.ts';

export interface DesktopOptions {
  /** The app's own folder. */
  folder: string;
  log: Log;
  /** Options of `deltascope serve`. */
  bridgeArguments: readonly string[];
}

export interface Desktop {
  start(): void;
  stop(): Promise<void>;
  show(): void;
  open(handedOver: HandedOver): void;
}

export function createDesktop({ folder, log, bridgeArguments }: DesktopOptions): Desktop {
  const settings = createSettingsStore(join(folder, 'settings.json'));
  const write = (line: string): void => log.write(line);
  let keys: ReturnType<typeof createKeyStore> | undefined;
  let window: BrowserWindow | undefined;
  let tray: AppTray | undefined;
  let state: BridgeState = { state: 'starting' };
  /** The page's address without token, once it has been loaded; stays while the bridge is down. */
  let origin: string | undefined;
  let note: DesktopNote | null = null;
  let streaming = 0;
  let stopWatching = (): void => undefined;
  const waiting: HandedOver = { files: [], places: [] };

  const bridge = createProxyProcess({
    launch: () =>
      launchBridge({
        // Inside an asar archive the external Node can't read it, so the build's files lie beside the archive.
        script: join(app.getAppPath().replace(/app\.asar$/, 'app.asar.unpacked'), 'dist/bridge/bridge-process.mjs'),
        args: bridgeArguments,
        env: { ...process.env, ...keys?.toEnvironment() },
      }),
    onState: (next) => void onBridgeState(next),
    onNotice: (line) => void onNotice(line),
    log: write,
  });

  async function onBridgeState(next: BridgeState): Promise<void> {
    state = next;
    if (next.state !== 'ready') {
      stopWatching();
      streaming = 0;
    }
    drawTray();
    if (next.state === 'ready') {
      stopWatching = watchLive(next.ready, { onStreaming, onTrouble });
      await showPage(next.ready.uiUrl);
    } else if (next.state === 'down') {
      const again = next.restartInMs === null ? 'It is not started again: quit and start Deltascope.' : 'It is being started again.';
      const sentence = `The bridge has stopped: ${next.why.replace(/\.$/, '')}. ${again}`;
      if (origin === undefined && window) showSentence(window, sentence);
      else setNote({ kind: 'fault', text: sentence });
    }
  }

  async function showPage(uiUrl: string): Promise<void> {
    if (!window || window.isDestroyed()) return;
    const hash = origin === undefined ? '' : new URL(window.webContents.getURL()).hash;
    origin = new URL(uiUrl).origin;
    if (note?.kind === 'fault') note = null;
    try {
      await window.loadURL(`${uiUrl}${hash}`);
    } catch {
      // Superseded by another load, or the bridge died: its state tells. (The message holds the token.)
      write('page: its load was broken off');
      return;
    }
    setNote(note);
    await openWaiting();
  }

  async function onNotice(line: string): Promise<void> {
    const taken = /port (\d+) is taken; using (\d+)/.exec(line);
    if (!taken) return setNote({ kind: 'note', text: line.replace(/^deltascope: /, '') });
    const owner = await findPortOwner(Number(taken[1]));
    setNote({
      kind: 'note',
      text: `Port ${taken[1]} is taken${owner === undefined ? '' : ` by ${owner}`}, so Deltascope listens on ${taken[2]}: point clients there.`,
    });
  }

  function setNote(next: DesktopNote | null): void {
    note = next;
    if (window && !window.isDestroyed()) sendEvent(window.webContents, 'app:note', next);
  }

  function onStreaming(count: number): void {
    streaming = count;
    drawTray();
  }

  function onTrouble(step: { sessionId: string; error: string | null; status: string }): void {
    if (!settings.get().notifyOfErrors || window?.isFocused() || !Notification.isSupported()) return;
    const body = step.error ?? (step.status === 'failed' ? 'A step has failed.' : 'A stream breaks the rules of the Responses API.');
    const notification = new Notification({ title: 'Deltascope', body });
    notification.on('click', () => open({ files: [], places: [`#/session/${step.sessionId}`] }));
    notification.show();
  }

  function drawTray(): void {
    tray?.set({ apiBase: state.state === 'ready' ? state.ready.apiBase : undefined, streaming });
  }

  async function openWaiting(): Promise<void> {
    if (state.state !== 'ready' || !window) return;
    const { ready } = state;
    const files = waiting.files.splice(0);
    const places = waiting.places.splice(0);
    for (const path of files) {
      try {
        const { sessions, skipped } = await importFile(ready, path);
        places.push(...sessions.map((id) => `#/session/${id}`));
        if (skipped.length > 0) setNote({ kind: 'note', text: `Not everything could be opened. ${skipped.join(' ')}` });
      } catch (error) {
        setNote({ kind: 'note', text: (error as Error).message });
      }
    }
    const place = places.at(-1);
    if (place !== undefined) sendEvent(window.webContents, 'app:go', place);
  }

  function open({ files, places }: HandedOver): void {
    waiting.files.push(...files);
    waiting.places.push(...places);
    show();
    // Before the first page, the page's load does it.
    if (origin !== undefined && files.length + places.length > 0) void openWaiting();
  }

  function show(): void {
    if (window && !window.isDestroyed()) bringToFront(window);
  }

  async function chooseBundleToOpen(): Promise<void> {
    if (!window) return;
    const { canceled, filePaths } = await dialog.showOpenDialog(window, {
      title: 'Open Bundle',
      properties: ['openFile', 'multiSelections'],
      filters: [
        { name: 'Bundles and recordings', extensions: ['zip', 'sse', 'har'] },
        { name: 'All files', extensions: ['*'] },
      ],
    });
    if (!canceled) open({ files: filePaths, places: [] });
  }

  async function chooseBundleToSave(): Promise<void> {
    const sessionId = window && toSessionId(window.webContents.getURL());
    if (!window || state.state !== 'ready') return;
    if (sessionId === undefined) return setNote({ kind: 'note', text: 'Open the session first that is to be saved as a bundle.' });
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      title: 'Save Session as Bundle',
      defaultPath: `${sessionId}.deltascope.zip`,
      filters: [{ name: 'Deltascope bundle', extensions: ['zip'] }],
    });
    if (canceled || !filePath) return;
    try {
      await saveBundle(state.ready, sessionId, filePath);
      setNote({ kind: 'note', text: `Saved, with secrets taken out: ${filePath}` });
    } catch (error) {
      setNote({ kind: 'note', text: (error as Error).message });
    }
  }

  async function copyAddress(): Promise<void> {
    if (state.state === 'ready') await clipboard.writeText(state.ready.apiBase);
  }

  const sendCommand = (id: string): void => {
    if (window) sendEvent(window.webContents, 'app:command', id);
  };

  return {
    start() {
      keys = createKeyStore(join(folder, 'keys.json'), safeStorage as SafeStorage, write);
      const known = keys;
      const ownOrigin = (): string | undefined => origin;
      hardenSession(session.defaultSession, ownOrigin, write);
      handleRequests(
        {
          'app:info': () => ({
            version: app.getVersion(),
            electron: process.versions['electron'] ?? '',
            platform: process.platform,
            keyStorageTrouble: known.trouble(),
          }),
          'settings:get': () => settings.get(),
          'settings:set': (next) => {
            settings.set(next);
            return settings.get();
          },
          'keys:list': () => known.list(),
          'keys:set': (name, value) => {
            known.set(name, value);
            void bridge.restart();
            return known.list();
          },
        },
        ownOrigin,
      );
      app.setAboutPanelOptions({
        applicationName: 'Deltascope',
        applicationVersion: app.getVersion(),
        copyright: 'The Deltascope authors, MIT',
        credits: toVersions(),
      });
      installMenu({
        openBundle: () => void chooseBundleToOpen(),
        saveBundle: () => void chooseBundleToSave(),
        command: sendCommand,
        copyAddress: () => void copyAddress(),
        revealDataFolder: () => void shell.openPath(state.state === 'ready' ? state.ready.dataDir : folder),
        showLog: () => shell.showItemInFolder(log.path),
        showAbout: () => app.showAboutPanel(),
        setNotify: (isOn) => settings.set({ notifyOfErrors: isOn }),
        isNotifyOn: () => settings.get().notifyOfErrors,
      });
      tray = createTray({ show, copyAddress: () => void copyAddress(), quit: () => app.quit() }, write);
      drawTray();
      window = createWindow({ statePath: join(folder, 'window-state.json'), ownOrigin, log: write });
      showSentence(window, 'Starting the bridge…');
      bridge.start();
      void checkForUpdates(write);
    },
    async stop() {
      stopWatching();
      await bridge.stop();
    },
    show,
    open,
  };
}

function toVersions(): string {
  const { electron, chrome, node } = process.versions;
  return `Electron ${electron}, Chromium ${chrome}, Node ${node}`;
}
