/**
 * An Electron binary for the tests: the one that is there, else the runtime that a checkout beside this
 * one may offer. Never downloads Electron itself: that is `npm run desktop`'s.
 */
import { existsSync } from 'node:fs';
import { findElectron, hasDisplay } from './electron-binary.ts';
import { fromRoot } from './paths.ts';
import { runProgram } from './run-program.ts';

export interface ElectronForTests {
  executable: string;
  env: NodeJS.ProcessEnv;
  /** `xvfb-run -a` where there is no display. */
  wrapper: string[];
}

/** A string is the reason why there is none. */
export async function provideElectron(): Promise<ElectronForTests | string> {
  let env: NodeJS.ProcessEnv = process.env;
  let executable = findElectron(env);
  const runtimeScript = fromRoot('../shared/tools/electron-runtime.sh');
  if (executable === undefined && existsSync(runtimeScript)) {
    const { code, stdout } = await runProgram('bash', [runtimeScript]);
    env = { ...env, ELECTRON_OVERRIDE_DIST_PATH: stdout.trim() };
    executable = code === 0 ? findElectron(env) : undefined;
  }
  if (executable === undefined) return 'no Electron binary is here: run `npx install-electron` or set ELECTRON_OVERRIDE_DIST_PATH';
  if (hasDisplay(env)) return { executable, env, wrapper: [] };
  const { code } = await runProgram('xvfb-run', ['--help']);
  if (code !== 0) return 'there is no display and no xvfb-run: set DISPLAY or install xvfb';
  // -noreset: without it the server starts anew when its last window closes, and the next app may find none.
  return { executable, env, wrapper: ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24 -noreset'] };
}
