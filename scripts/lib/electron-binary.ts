/**
 * Where an Electron binary is. The `electron` package fetches its own on first use, not at install; what
 * is asked here never downloads by itself, so that `npm start` stays quick and quiet.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot } from './paths.ts';

/** The executable that is there: ELECTRON_OVERRIDE_DIST_PATH's, else the one the package has fetched. */
export function findElectron(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const pathFile = fromRoot('node_modules/electron/path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : undefined;
  const override = env['ELECTRON_OVERRIDE_DIST_PATH'];
  const candidate = override
    ? join(override, name ?? (process.platform === 'win32' ? 'electron.exe' : 'electron'))
    : name && fromRoot('node_modules/electron/dist', name);
  return candidate && existsSync(candidate) ? candidate : undefined;
}

/** Lets the package fetch its binary. Returns undefined when it can't; its own output goes to stderr. */
export function fetchElectron(): string | undefined {
  spawnSync(process.execPath, [fromRoot('node_modules/electron/install.js')], { stdio: ['ignore', process.stderr, process.stderr] });
  return findElectron();
}

export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== 'linux' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/** Chromium's sandbox does not run as root; everybody else keeps it. */
export function sandboxSwitches(): string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
