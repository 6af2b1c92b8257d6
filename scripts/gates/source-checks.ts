/** Linter, formatter and dead-code check: each examines files and says how many. */
import { runProgram } from '../lib/run-program.ts';
import { SOURCE_FOLDERS } from '../lib/source-folders.ts';
import { toSingleResult, type Gate } from './gate.ts';

export const lintGate: Gate = {
  name: 'lint',
  run: async () => {
    const { code, output } = await runProgram('oxlint', ['--type-aware', ...SOURCE_FOLDERS]);
    return toSingleResult(code === 0, numberIn(output, /on (\d+) files/), 'files', output);
  },
};

export const formatGate: Gate = {
  name: 'format',
  run: async () => {
    const { code, output } = await runProgram('oxfmt', ['--check', ...SOURCE_FOLDERS]);
    return toSingleResult(code === 0, numberIn(output, /on (\d+) files/), 'files', output);
  },
};

/** knip prints nothing when all is well; its reporter here adds the count. */
export const deadCodeGate: Gate = {
  name: 'dead code',
  run: async () => {
    const { code, output } = await runProgram('knip', [
      '--no-progress',
      '--reporter',
      'symbols',
      '--reporter',
      './scripts/lib/knip-count.ts',
    ]);
    return toSingleResult(code === 0, numberIn(output, /knip examined (\d+) files/), 'files', output);
  },
};

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}
