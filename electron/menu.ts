/** The native menus: what belongs to the app is done here, what belongs to the page is sent to it by id. */
import { Menu, type BrowserWindow, type MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  openBundle: () => void;
  saveBundle: () => void;
  /** A command of the page, by its id. */
  command: (id: string) => void;
  copyAddress: () => void;
  revealDataFolder: () => void;
  showLog: () => void;
  showAbout: () => void;
  setNotify: (isOn: boolean) => void;
  isNotifyOn: () => boolean;
}

export function installMenu(actions: MenuActions): void {
  const isMac = process.platform === 'darwin';
  const about: MenuItemConstructorOptions = { id: 'about', label: 'About Deltascope', click: actions.showAbout };
  const settings: MenuItemConstructorOptions = {
    id: 'settings',
    label: 'Settings…',
    accelerator: 'CmdOrCtrl+,',
    click: () => actions.command('settings'),
  };
  const template: MenuItemConstructorOptions[] = [
    ...(isMac
      ? [
          {
            role: 'appMenu' as const,
            submenu: [
              about,
              { type: 'separator' as const },
              settings,
              { type: 'separator' as const },
              { role: 'hide' as const },
              { role: 'hideOthers' as const },
              { role: 'quit' as const },
            ],
          },
        ]
      : []),
    {
      label: '&File',
      submenu: [
        { id: 'open-bundle', label: 'Open Bundle…', accelerator: 'CmdOrCtrl+O', click: actions.openBundle },
        { id: 'save-bundle', label: 'Save Session as Bundle…', accelerator: 'CmdOrCtrl+S', click: actions.saveBundle },
        { type: 'separator' },
        { id: 'copy-address', label: 'Copy Address for Clients', accelerator: 'CmdOrCtrl+Shift+C', click: actions.copyAddress },
        { type: 'separator' },
        ...(isMac ? [{ role: 'close' as const }] : [settings, { type: 'separator' as const }, { role: 'quit' as const }]),
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        {
          id: 'palette',
          label: 'Search and Commands',
          accelerator: 'CmdOrCtrl+K',
          registerAccelerator: false,
          click: () => actions.command('palette'),
        },
        { id: 'connect', label: 'Connect a Client', click: () => actions.command('connect') },
        { id: 'next-finding', label: 'Next Finding', click: () => actions.command('next-finding') },
        { id: 'previous-finding', label: 'Previous Finding', click: () => actions.command('previous-finding') },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { id: 'reveal-data', label: 'Show Data Folder', click: actions.revealDataFolder },
        { id: 'show-log', label: 'Show Log File', click: actions.showLog },
        {
          id: 'notify',
          label: 'Notify of Errors in the Background',
          type: 'checkbox',
          checked: actions.isNotifyOn(),
          click: (item) => actions.setNotify(item.checked),
        },
        { type: 'separator' },
        { id: 'shortcuts', label: 'Keyboard Shortcuts', click: () => actions.command('shortcuts') },
        ...(isMac ? [] : [about]),
      ],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** Brings a window to the front from wherever it is. */
export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
