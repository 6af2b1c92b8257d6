/**
 * What the page may not do, whoever wrote it: leave the bridge's address, open windows, ask for
 * permissions, load anything remote, talk to the app from a frame or from another origin.
 */
import { shell, type IpcMainInvokeEvent, type Session, type WebContents } from 'electron';

/** The bridge's origin just now; undefined while it is down. */
export type OwnOrigin = () => string | undefined;

const ALLOWED_PERMISSIONS = new Set(['clipboard-sanitized-write']);

export function hardenSession(session: Session, ownOrigin: OwnOrigin, log: (line: string) => void): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(ALLOWED_PERMISSIONS.has(permission) && toOrigin(details.requestingUrl) === ownOrigin());
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => ALLOWED_PERMISSIONS.has(permission) && toOrigin(origin) === ownOrigin(),
  );
  session.webRequest.onBeforeRequest((details, answer) => {
    const isAllowed = isOwn(details.url, ownOrigin) || /^(data|blob|devtools|chrome-devtools):/.test(details.url);
    if (!isAllowed) log(`blocked: the page asked for ${toOrigin(details.url) ?? details.url.slice(0, 80)}`);
    answer({ cancel: !isAllowed });
  });
}

export function hardenContents(contents: WebContents, ownOrigin: OwnOrigin): void {
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event, url) => {
    if (isOwn(url, ownOrigin)) return;
    event.preventDefault();
    openOutside(url);
  });
  contents.on('will-redirect', (event, url) => {
    if (!isOwn(url, ownOrigin)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** Only the page itself, in the top frame, may ask the app for something. */
export function isTrustedSender(event: IpcMainInvokeEvent, ownOrigin: OwnOrigin): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isOwn(frame.url, ownOrigin);
}

/** https goes to the system's browser; everything else goes nowhere. */
function openOutside(url: string): void {
  if (url.startsWith('https://') && toOrigin(url) !== undefined) void shell.openExternal(url);
}

function isOwn(url: string, ownOrigin: OwnOrigin): boolean {
  const origin = ownOrigin();
  return origin !== undefined && toOrigin(url) === origin;
}

function toOrigin(url: string): string | undefined {
  try {
    return new URL(url).origin;
  } catch {
    return undefined; // not an address
  }
}
