/** Starts the desktop app for a test: its own data dir, a free port, the pinned Node for its bridge. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, expect, type ElectronApplication, type Page } from '@playwright/test';
import { findElectron, sandboxSwitches } from '../../scripts/lib/electron-binary.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { parseJsonObject } from '../../proxy-core/protocol/json.ts';

export interface DesktopApp {
  app: ElectronApplication;
  page: Page;
  dataDir: string;
  /** `http://127.0.0.1:N` of the bridge just now. */
  url(): string;
  token(): string;
  log(): string;
  /** Starts the same app a second time and waits for it to hand over and end. */
  startAgain(...args: string[]): Promise<number | null>;
  close(): Promise<void>;
}

export interface DesktopAppOptions {
  args?: string[];
  /** Added to the environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  dataDir?: string;
}

const SWITCHES = [...sandboxSwitches(), '--disable-gpu'];

/** The packed app when DELTASCOPE_DESKTOP_EXE names it, else Electron on the built sources. */
function toCommand(): { executable: string; appArgs: string[] } {
  const packed = process.env['DELTASCOPE_DESKTOP_EXE'];
  if (packed) return { executable: packed, appArgs: [] };
  const electron = findElectron();
  if (electron === undefined) throw new Error('No Electron binary is here: set ELECTRON_OVERRIDE_DIST_PATH.');
  return { executable: electron, appArgs: [ROOT] };
}

export async function startDesktopApp(options: DesktopAppOptions = {}): Promise<DesktopApp> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'deltascope-desktop-'));
  const { executable, appArgs } = toCommand();
  const env = withoutUndefined({
    ...process.env,
    DELTASCOPE_DATA_DIR: dataDir,
    DELTASCOPE_PORT: '0',
    DELTASCOPE_NODE: process.env['DELTASCOPE_NODE'] ?? process.execPath,
    ...options.env,
  });
  const app = await _electron.launch({ executablePath: executable, args: [...SWITCHES, ...appArgs, ...(options.args ?? [])], env });
  const page = await app.firstWindow();
  const bridgeFile = (): Record<string, unknown> => parseJsonObject(readFileSync(join(dataDir, 'bridge.json'), 'utf8')) ?? {};
  await expect(page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/(?!\?token)/);
  return {
    app,
    page,
    dataDir,
    url: () => String(bridgeFile()['url']),
    token: () => String(bridgeFile()['token']),
    log: () => readFileSync(join(dataDir, 'desktop/logs/deltascope.log'), 'utf8'),
    startAgain: (...args) =>
      new Promise((resolve, reject) => {
        const child = spawn(executable, [...SWITCHES, ...appArgs, ...args], { env, stdio: 'ignore' });
        child.once('error', reject);
        child.once('exit', resolve);
      }),
    async close() {
      await app.close();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function withoutUndefined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Clicks an item of the native menu by its id. */
export async function clickMenu(app: ElectronApplication, id: string): Promise<void> {
  await app.evaluate(({ Menu, BrowserWindow }, itemId) => {
    const item = Menu.getApplicationMenu()?.getMenuItemById(itemId);
    if (!item) throw new Error(`The menu has no item '${itemId}'.`);
    item.click(undefined, BrowserWindow.getAllWindows()[0]);
  }, id);
}
