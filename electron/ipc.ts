/** The app's side of the typed channels: who may ask, with which arguments, and what is done then. */
import { ipcMain, type WebContents } from 'electron';
import type { DesktopEvent, DesktopEvents, DesktopRequest, DesktopRequests } from '../proxy-core/protocol/api/desktop-api.ts';
import { isObject } from '../proxy-core/protocol/json.ts';
import { isTrustedSender, type OwnOrigin } from './security.ts';

export type RequestHandlers = {
  [Channel in DesktopRequest]: (
    ...args: DesktopRequests[Channel]['args']
  ) => DesktopRequests[Channel]['result'] | Promise<DesktopRequests[Channel]['result']>;
};

const MAX_KEY_LENGTH = 4_096;
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_KEY_LENGTH;

/** What came over the wire is unknown until these have looked at it. */
const CHECKS: { [Channel in DesktopRequest]: (args: readonly unknown[]) => boolean } = {
  'app:info': (args) => args.length === 0,
  'settings:get': (args) => args.length === 0,
  'settings:set': ([settings, ...rest]) => rest.length === 0 && isObject(settings) && typeof settings['notifyOfErrors'] === 'boolean',
  'keys:list': (args) => args.length === 0,
  'keys:set': ([name, value, ...rest]) => rest.length === 0 && isText(name) && isText(value),
};

export function handleRequests(handlers: RequestHandlers, ownOrigin: OwnOrigin): void {
  for (const channel of Object.keys(CHECKS) as DesktopRequest[]) {
    ipcMain.handle(channel, (event, ...args: unknown[]) => {
      if (!isTrustedSender(event, ownOrigin)) throw new Error(`${channel} is for the page of the bridge only.`);
      if (!CHECKS[channel](args)) throw new Error(`${channel} was called with arguments it does not take.`);
      // Checked just now, by the check of this very channel.
      return (handlers[channel] as (...checked: unknown[]) => unknown)(...args);
    });
  }
}

export function sendEvent<Channel extends DesktopEvent>(contents: WebContents, channel: Channel, value: DesktopEvents[Channel]): void {
  if (!contents.isDestroyed()) contents.send(channel, value);
}
