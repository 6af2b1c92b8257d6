/**
 * The window and what is in it: a sentence before the first bridge, then the bridge's page, reloaded at the
 * same place when a new bridge takes over, with the app's own line above it. Knows nothing of bundles or keys.
 */
import type { BrowserWindow } from 'electron';
import type { DesktopNote } from '../proxy-core/protocol/api/desktop-api.ts';
import { toSessionId } from './bundles.ts';
import { sendEvent } from './ipc.ts';
import { bringToFront } from './menu.ts';
import { createWindow, showSentence } from './window.ts';

export interface PageView {
  open(): void;
  /** For dialogs that belong to it. */
  window(): BrowserWindow | undefined;
  /** The bridge's origin; stays while the bridge is down, and is undefined before the first one. */
  origin(): string | undefined;
  /** The session that is shown. */
  sessionId(): string | undefined;
  /** False when the load was broken off. */
  load(uiUrl: string): Promise<boolean>;
  /** Faults stay until the next load; where there is no page yet, the sentence is the page. */
  tellFault(text: string): void;
  tell(text: string): void;
  /** To a place in the page, by its URL hash. */
  go(hash: string): void;
  runCommand(id: string): void;
  bringToFront(): void;
  isInFront(): boolean;
}

export function createPageView({ statePath, log }: { statePath: string; log: (line: string) => void }): PageView {
  let current: BrowserWindow | undefined;
  let origin: string | undefined;
  let note: DesktopNote | null = null;

  const live = (): BrowserWindow | undefined => (current && !current.isDestroyed() ? current : undefined);

  function setNote(next: DesktopNote | null): void {
    note = next;
    const window = live();
    if (window) sendEvent(window.webContents, 'app:note', next);
  }

  return {
    open() {
      current = createWindow({ statePath, ownOrigin: () => origin, log });
      showSentence(current, 'Starting the bridge…');
    },
    window: live,
    origin: () => origin,
    sessionId: () => toSessionId(live()?.webContents.getURL() ?? ''),
    async load(uiUrl) {
      const window = live();
      if (!window) return false;
      const hash = origin === undefined ? '' : new URL(window.webContents.getURL()).hash;
      origin = new URL(uiUrl).origin;
      if (note?.kind === 'fault') note = null;
      try {
        await window.loadURL(`${uiUrl}${hash}`);
      } catch {
        // Superseded by another load, or the bridge died: its state tells. (The message holds the token.)
        log('page: its load was broken off');
        return false;
      }
      setNote(note);
      return true;
    },
    tellFault(text) {
      const window = live();
      if (origin === undefined && window) showSentence(window, text);
      else setNote({ kind: 'fault', text });
    },
    tell: (text) => setNote({ kind: 'note', text }),
    go(hash) {
      const window = live();
      if (window) sendEvent(window.webContents, 'app:go', hash);
    },
    runCommand(id) {
      const window = live();
      if (window) sendEvent(window.webContents, 'app:command', id);
    },
    bringToFront() {
      const window = live();
      if (window) bringToFront(window);
    },
    isInFront: () => live()?.isFocused() ?? false,
  };
}
