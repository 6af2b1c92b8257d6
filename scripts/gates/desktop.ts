/** The Electron app: from the built sources, then packed by electron-builder. */
import { rmSync } from 'node:fs';
import { fromRoot } from '../lib/paths.ts';
import { packDesktop } from '../lib/pack-desktop.ts';
import { provideElectron } from '../lib/provide-electron.ts';
import { toSingleResult, toSkippedResult, type Gate } from './gate.ts';
import { runPlaywright } from './playwright.ts';

export const desktopGate: Gate = {
  name: 'desktop app',
  run: async () => {
    const electron = await provideElectron();
    if (typeof electron === 'string') return toSkippedResult(electron);
    const env = { ...electron.env, DELTASCOPE_NODE: process.execPath };
    return runPlaywright({ project: 'desktop', reportName: 'desktop', env, wrapper: electron.wrapper });
  },
};

export const packedDesktopGate: Gate = {
  name: 'desktop app, packed',
  run: async () => {
    if (process.platform !== 'linux') return toSkippedResult('packing for the test is done on Linux only');
    const electron = await provideElectron();
    if (typeof electron === 'string') return toSkippedResult(electron);
    const packed = await packDesktop(electron.executable);
    if ('output' in packed) return toSingleResult(false, 1, 'package', packed.output);
    const env = { ...electron.env, DELTASCOPE_NODE: process.execPath, DELTASCOPE_DESKTOP_EXE: packed.executable };
    const result = await runPlaywright({ project: 'desktop', reportName: 'desktop-packed', env, wrapper: electron.wrapper });
    if (result.failed === 0) rmSync(fromRoot('release/test'), { recursive: true, force: true });
    return result;
  },
};
