/**
 * The typed contract between the page and the desktop app around it: one map of IPC channels that main and
 * preload share, and the object the page finds as `window.deltascopeDesktop` (absent in a browser).
 */

/** What the app tells of itself. */
export interface DesktopInfo {
  version: string;
  electron: string;
  platform: string;
  /** Null, or one plain sentence why keys are not kept over a restart. */
  keyStorageTrouble: string | null;
}

export interface DesktopSettings {
  /** Tell about failed steps while no window is in front. Off until somebody turns it on. */
  notifyOfErrors: boolean;
}

/** A provider key that the app hands to its bridge. Its value never comes back to the page. */
export interface StoredKey {
  /** The environment variable, `ANTHROPIC_API_KEY` say. */
  name: string;
  /** False when it lives only until the app ends. */
  isKept: boolean;
}

/** Asked by the page, answered by the app: arguments and result by channel. */
export interface DesktopRequests {
  'app:info': { args: []; result: DesktopInfo };
  'settings:get': { args: []; result: DesktopSettings };
  'settings:set': { args: [settings: DesktopSettings]; result: DesktopSettings };
  'keys:list': { args: []; result: StoredKey[] };
  /** An empty value removes the key. The bridge restarts with the new set. */
  'keys:set': { args: [name: string, value: string]; result: StoredKey[] };
}
export type DesktopRequest = keyof DesktopRequests;

/** A line in the window above the page: the bridge is down, a port was taken. Null takes it away. */
export interface DesktopNote {
  text: string;
  /** A fault stays until it is over, a note until it is closed. */
  kind: 'fault' | 'note';
}

/** Sent by the app. */
export interface DesktopEvents {
  'app:note': DesktopNote | null;
  /** A place in the page, as its URL hash. */
  'app:go': string;
  /** The id of a command of the page's own. */
  'app:command': string;
}
export type DesktopEvent = keyof DesktopEvents;

/** `window.deltascopeDesktop`. */
export interface DesktopApi {
  info(): Promise<DesktopInfo>;
  settings(): Promise<DesktopSettings>;
  changeSettings(settings: DesktopSettings): Promise<DesktopSettings>;
  keys(): Promise<StoredKey[]>;
  setKey(name: string, value: string): Promise<StoredKey[]>;
  /** Calls back with the ids of the page's commands that a menu wants run. */
  onCommand(listener: (id: string) => void): void;
}
