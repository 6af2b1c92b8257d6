/** Starts the desktop app from the sources' build and stays with it: its end is ours, our signals are its. */
import { spawn } from 'node:child_process';
import { sandboxSwitches } from './electron-binary.ts';
import { ROOT } from './paths.ts';

/** `serveArgs` are options of `deltascope serve`, for the app's own bridge. Resolves to the exit code. */
export function openDesktop(electron: string, serveArgs: readonly string[]): Promise<number> {
  const { ELECTRON_RUN_AS_NODE: _, NODE_OPTIONS: __, ...env } = process.env;
  const child = spawn(electron, [...sandboxSwitches(), ROOT, ...toAppArguments(serveArgs)], {
    stdio: 'inherit',
    // The bridge runs on the Node that the project pins, whatever Electron it is.
    env: { ...env, DELTASCOPE_NODE: env['DELTASCOPE_NODE'] ?? process.execPath },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
  });
}

const toAppArguments = (serveArgs: readonly string[]): string[] => (serveArgs.length > 0 ? ['--', ...serveArgs] : []);
