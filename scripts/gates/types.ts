/** Types: `tsc -b` over all references, and how many source files that was. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { asArray, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { provideElectronTypes } from '../lib/electron-types.ts';
import { fromRoot } from '../lib/paths.ts';
import { runProgram } from '../lib/run-program.ts';
import { toSingleResult, type Gate } from './gate.ts';

export const typesGate: Gate = {
  name: 'types',
  run: async () => {
    try {
      await provideElectronTypes();
    } catch (error) {
      return toSingleResult(false, 1, 'download', `${(error as Error).message}\n`);
    }
    const { code, output } = await runProgram('tsc', ['-b']);
    return toSingleResult(code === 0, countRoots(), 'source files', output);
  },
};

/** From the build infos: every project lists its root files, as numbers or ranges of numbers. */
function countRoots(): number {
  const folder = fromRoot('.cache/types');
  if (!existsSync(folder)) return 0;
  let count = 0;
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.tsbuildinfo')) continue;
    for (const root of asArray(parseJsonObject(readFileSync(`${folder}/${name}`, 'utf8'))?.['root'])) {
      count += Array.isArray(root) ? Number(root[1]) - Number(root[0]) + 1 : 1;
    }
  }
  return count;
}
