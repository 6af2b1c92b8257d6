/** Runs the built command line in this process, as if it had been called in the caller's own folder. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { fromRoot, ROOT } from './paths.ts';

export async function runCommandLine(args: readonly string[]): Promise<void> {
  const cli = fromRoot('dist/bridge/cli.mjs');
  // npm changes to the package's folder and keeps the caller's in INIT_CWD. In any other folder we were
  // called without npm, and an INIT_CWD in the environment is some outer script's.
  const callersFolder = process.env['INIT_CWD'];
  if (process.cwd() === ROOT && callersFolder !== undefined && existsSync(callersFolder)) process.chdir(callersFolder);
  process.argv = [process.execPath, cli, ...args];
  await import(pathToFileURL(cli).href);
}
