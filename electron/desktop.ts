/**
 * The app's composition root: bridge, window, menu, tray and page channels, joined on one page. What comes in
 * before the page is there (files, links) waits for it.
 */
import { join } from 'node:path';
import { app, clipboard, safeStorage, session, shell } from 'electron';
import type { ReadyObject } from '../proxy-core/protocol/api/control-api.ts';
import { launchBridge } from './bridge-child.ts';
import { chooseBundles, openBundles, saveShownSession } from './bundle-dialogs.ts';
import type { HandedOver } from './deep-link.ts';
import { handleRequests } from './ipc.ts';
import { createKeyStore, type KeyStore, type SafeStorage } from './keys.ts';
import { watchLive } from './live-watch.ts';
import type { Log } from './log.ts';
import { installMenu } from './menu.ts';
import { createNotifier } from './notifications.ts';
import { createPageView } from './page-view.ts';
import { describeTakenPort } from './port-owner.ts';
import { createProxyProcess, type BridgeState } from './proxy-process.ts';
import { hardenSession } from './security.ts';
import { createSettingsStore } from './settings.ts';
import { createTray, type AppTray } from './tray.ts';
import { checkForUpdates } from './updates.ts';

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
  const write = (line: string): void => log.write(line);
  const settings = createSettingsStore(join(folder, 'settings.json'));
  const view = createPageView({ statePath: join(folder, 'window-state.json'), log: write });
  const waiting: HandedOver = { files: [], places: [] };
  let keys: KeyStore | undefined;
  let tray: AppTray | undefined;
  let ready: ReadyObject | undefined;
  let streaming = 0;
  let stopWatching = (): void => undefined;

  const bridge = createProxyProcess({
    launch: () =>
      launchBridge({
        // An external Node can't read inside an asar archive, so the bridge's files lie beside it.
        script: join(app.getAppPath().replace(/app\.asar$/, 'app.asar.unpacked'), 'dist/bridge/bridge-process.mjs'),
        args: bridgeArguments,
        env: { ...process.env, ...keys?.toEnvironment() },
      }),
    onState: (state) => void followBridge(state),
    onNotice: (line) => void describeTakenPort(line).then((text) => view.tell(text)),
    log: write,
  });
  const notify = createNotifier({
    isWanted: () => settings.get().notifyOfErrors && !view.isInFront(),
    onClick: (place) => open({ files: [], places: [place] }),
  });

  async function followBridge(state: BridgeState): Promise<void> {
    stopWatching();
    ready = state.state === 'ready' ? state.ready : undefined;
    drawTray(0);
    if (state.state === 'ready') {
      stopWatching = watchLive(state.ready, { onStreaming: drawTray, onTrouble: notify });
      if (await view.load(state.ready.uiUrl)) await openWaiting();
    } else if (state.state === 'down') {
      const again = state.restartInMs === null ? 'It is not started again: quit and start Deltascope.' : 'It is being started again.';
      view.tellFault(`The bridge has stopped: ${state.why.replace(/\.$/, '')}. ${again}`);
    }
  }

  function drawTray(count: number): void {
    streaming = count;
    tray?.set({ apiBase: ready?.apiBase, streaming });
  }

  async function openWaiting(): Promise<void> {
    if (!ready) return;
    const files = waiting.files.splice(0);
    const places = waiting.places.splice(0);
    places.push(...(await openBundles(view, ready, files)));
    const place = places.at(-1);
    if (place !== undefined) view.go(place);
  }

  function open({ files, places }: HandedOver): void {
    waiting.files.push(...files);
    waiting.places.push(...places);
    view.bringToFront();
    // Before the first page, the page's load does it.
    if (view.origin() !== undefined && files.length + places.length > 0) void openWaiting();
  }

  const copyAddress = async (): Promise<void> => {
    if (ready) await clipboard.writeText(ready.apiBase);
  };

  function answerPage(store: KeyStore): void {
    handleRequests(
      {
        'app:info': () => ({
          version: app.getVersion(),
          electron: process.versions.electron,
          platform: process.platform,
          keyStorageTrouble: store.trouble(),
        }),
        'settings:get': settings.get,
        'settings:set': (next) => {
          settings.set(next);
          return settings.get();
        },
        'keys:list': store.list,
        'keys:set': (name, value) => {
          store.set(name, value);
          void bridge.restart();
          return store.list();
        },
      },
      view.origin,
    );
  }

  return {
    start() {
      keys = createKeyStore(join(folder, 'keys.json'), safeStorage as SafeStorage, write);
      hardenSession(session.defaultSession, view.origin, write);
      answerPage(keys);
      app.setAboutPanelOptions(aboutPanel());
      installMenu({
        openBundle: () => void chooseBundles(view).then((files) => open({ files, places: [] })),
        saveBundle: () => void (ready && saveShownSession(view, ready)),
        command: view.runCommand,
        copyAddress: () => void copyAddress(),
        revealDataFolder: () => void shell.openPath(ready?.dataDir ?? folder),
        showLog: () => shell.showItemInFolder(log.path),
        showAbout: () => app.showAboutPanel(),
        setNotify: (isOn) => settings.set({ notifyOfErrors: isOn }),
        isNotifyOn: () => settings.get().notifyOfErrors,
      });
      tray = createTray({ show: view.bringToFront, copyAddress: () => void copyAddress(), quit: () => app.quit() }, write);
      drawTray(streaming);
      view.open();
      bridge.start();
      void checkForUpdates(write);
    },
    async stop() {
      stopWatching();
      await bridge.stop();
    },
    show: view.bringToFront,
    open,
  };
}

function aboutPanel(): Electron.AboutPanelOptionsOptions {
  const { electron, chrome, node } = process.versions;
  return {
    applicationName: 'Deltascope',
    applicationVersion: app.getVersion(),
    copyright: 'The Deltascope authors, MIT',
    credits: `Electron ${electron}, Chromium ${chrome}, Node ${node}`,
  };
}
