/** Packs the app into a folder with an Electron that is already here; nothing is downloaded. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fromRoot } from './paths.ts';
import { runProgram } from './run-program.ts';

/** The packed executable, or what electron-builder said. */
export async function packDesktop(electron: string): Promise<{ executable: string } | { output: string }> {
  const dist = dirname(electron);
  const version = readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '');
  const output = 'release/test';
  const { code, output: said } = await runProgram('electron-builder', [
    '--linux',
    'dir',
    '--publish',
    'never',
    `-c.electronDist=${dist}`,
    `-c.electronVersion=${version}`,
    `-c.directories.output=${output}`,
  ]);
  const folder = process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`;
  const executable = fromRoot(output, folder, 'deltascope');
  return code === 0 && existsSync(executable) ? { executable } : { output: said };
}
