/**
 * The type declarations of Electron 25.1.1, the oldest Electron the app is run on. As a dependency the
 * package would download its binary at install and break `npm ci` where GitHub can't be reached; so only
 * its declarations are taken, from the package archive, checked against its published hash.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot } from './paths.ts';
import { runProgram } from './run-program.ts';

const VERSION = '25.1.1';
const SHA512 = 'WvFUfVsJn6YiP35UxdibYVjU2LceastyMm4SVp2bmb4XvKEvItAIiwxgm7tPC5Syl1243aRCvQLqr84sZ71pyQ==';

/** Puts .cache/electron-25.1.1/electron.d.ts there, where electron/tsconfig.e25.json looks. @throws with one sentence. */
export async function provideElectronTypes(): Promise<void> {
  const folder = fromRoot('.cache', `electron-${VERSION}`);
  const target = join(folder, 'electron.d.ts');
  if (existsSync(target)) return;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'fetch-'));
  try {
    const packed = await runProgram('npm', ['pack', '--silent', `electron@${VERSION}`, '--pack-destination', work]);
    const archive = packed.code === 0 ? readdirSync(work).find((name) => name.endsWith('.tgz')) : undefined;
    if (archive === undefined)
      throw new Error(`The types of Electron ${VERSION} can't be fetched: npm pack failed. ${packed.output.trim()}`);
    const bytes = readFileSync(join(work, archive));
    if (createHash('sha512').update(bytes).digest('base64') !== SHA512) {
      throw new Error(`The archive of electron@${VERSION} is not the published one: its hash differs.`);
    }
    const unpacked = await runProgram('tar', ['-xzf', join(work, archive), '-C', work, 'package/electron.d.ts']);
    if (unpacked.code !== 0) throw new Error(`The archive of electron@${VERSION} can't be unpacked: ${unpacked.output.trim()}`);
    renameSync(join(work, 'package/electron.d.ts'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
