/**
 * Between page and app, in a sandbox: exposes the typed functions of desktop-api.ts and nothing of Electron,
 * and draws the app's own line above the page, so that it shows even when the page is the one in trouble.
 */
import { contextBridge, ipcRenderer } from 'electron';
import type { DesktopApi, DesktopEvent, DesktopEvents, DesktopRequest, DesktopRequests } from '../proxy-core/protocol/api/desktop-api.ts';

const ask = <Channel extends DesktopRequest>(
  channel: Channel,
  ...args: DesktopRequests[Channel]['args']
): Promise<DesktopRequests[Channel]['result']> => ipcRenderer.invoke(channel, ...args) as Promise<DesktopRequests[Channel]['result']>;

const listen = <Channel extends DesktopEvent>(channel: Channel, listener: (value: DesktopEvents[Channel]) => void): void => {
  ipcRenderer.on(channel, (_event, value: DesktopEvents[Channel]) => listener(value));
};

const api: DesktopApi = {
  info: () => ask('app:info'),
  settings: () => ask('settings:get'),
  changeSettings: (settings) => ask('settings:set', settings),
  keys: () => ask('keys:list'),
  setKey: (name, value) => ask('keys:set', name, value),
  onCommand: (listener) => listen('app:command', (id) => listener(id)),
};
contextBridge.exposeInMainWorld('deltascopeDesktop', api);

listen('app:go', (hash) => {
  location.hash = hash;
});
listen('app:note', (note) => {
  document.getElementById('desktop-note')?.remove();
  if (!note) return;
  const line = document.createElement('div');
  line.id = 'desktop-note';
  line.setAttribute('role', note.kind === 'fault' ? 'alert' : 'status');
  line.dataset['kind'] = note.kind;
  Object.assign(line.style, {
    position: 'fixed',
    inset: 'auto 12px 36px 12px',
    zIndex: '1000',
    padding: '8px 12px',
    display: 'flex',
    justifyContent: 'space-between',
    gap: '12px',
    borderRadius: '7px',
    font: '500 12px/16px Inter, system-ui, sans-serif',
    background: note.kind === 'fault' ? '#c0251a' : '#363d45',
    color: '#ffffff',
  });
  line.append(note.text);
  if (note.kind === 'note') {
    const close = document.createElement('button');
    close.textContent = 'Close';
    Object.assign(close.style, { all: 'unset', cursor: 'pointer', textDecoration: 'underline' });
    close.addEventListener('click', () => line.remove());
    line.append(close);
  }
  document.body.append(line);
});
