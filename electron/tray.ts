/** The tray: whether something is being recorded, and the address to copy. */
import { join } from 'node:path';
import { app, Menu, nativeImage, Tray } from 'electron';

export interface TrayState {
  /** Undefined while the bridge is down. */
  apiBase: string | undefined;
  streaming: number;
}

export interface TrayActions {
  show: () => void;
  copyAddress: () => void;
  quit: () => void;
}

export interface AppTray {
  set(state: TrayState): void;
}

/** Undefined on a desktop that has no tray. */
export function createTray(actions: TrayActions, log: (line: string) => void): AppTray | undefined {
  const image = nativeImage.createFromPath(join(app.getAppPath(), 'resources/tray.png'));
  let tray: Tray;
  try {
    tray = new Tray(image);
  } catch (error) {
    log(`tray: not there, ${(error as Error).message}`);
    return undefined;
  }
  tray.on('click', actions.show);
  return {
    set(state) {
      const status = toStatus(state);
      tray.setToolTip(`Deltascope: ${status}`);
      tray.setContextMenu(
        Menu.buildFromTemplate([
          { id: 'tray-status', label: status, enabled: false },
          { label: state.apiBase ?? 'no address', enabled: state.apiBase !== undefined, click: actions.copyAddress, toolTip: 'Copy' },
          { type: 'separator' },
          { label: 'Show Deltascope', click: actions.show },
          { label: 'Quit', click: actions.quit },
        ]),
      );
    },
  };
}

export function toStatus({ apiBase, streaming }: TrayState): string {
  if (apiBase === undefined) return 'the bridge is down';
  if (streaming === 0) return 'ready to record';
  return streaming === 1 ? 'recording 1 stream' : `recording ${streaming} streams`;
}
