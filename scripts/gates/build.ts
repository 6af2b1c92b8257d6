/** The build of all four bundles: what the later gates run. */
import { readdirSync } from 'node:fs';
import { fromRoot } from '../lib/paths.ts';
import { runProgram } from '../lib/run-program.ts';
import { toSingleResult, type Gate } from './gate.ts';

export const buildGate: Gate = {
  name: 'build',
  run: async () => {
    const { code, output } = await runProgram(process.execPath, [fromRoot('scripts/run.mjs'), 'build']);
    const files = code === 0 ? readdirSync(fromRoot('dist'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile()) : [];
    return toSingleResult(code === 0, Math.max(files.length, code === 0 ? 0 : 1), 'built files', output);
  },
};
