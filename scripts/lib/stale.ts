/**
 * Which of the built parts are older than their sources. A part's stamp is a hash over name, size and
 * change time of every source file, written after its build. Reading it costs some milliseconds, so
 * every call of `npm run deltascope` can afford it.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot } from './paths.ts';

/** The environments of vite.config.ts, by what a reader would call them. */
export const PARTS = {
  bridge: { outDir: 'bridge', sources: ['proxy-core'] },
  page: { outDir: 'renderer', sources: ['renderer', 'proxy-core/protocol'] },
  main: { outDir: 'main', sources: ['electron', 'proxy-core/protocol'] },
  preload: { outDir: 'preload', sources: ['electron', 'proxy-core/protocol'] },
} as const;

export type Part = keyof typeof PARTS;
export const ALL_PARTS = Object.keys(PARTS) as Part[];

/** What changes every build. */
const COMMON = ['vite.config.ts', 'package.json', 'package-lock.json'];

export function staleParts(parts: readonly Part[]): Part[] {
  return parts.filter((part) => readStamp(part) !== sourceStamp(part));
}

export function sourceStamp(part: Part): string {
  const hash = createHash('sha256');
  for (const name of COMMON) addFile(hash, fromRoot(name), name);
  for (const folder of PARTS[part].sources) addFolder(hash, fromRoot(folder), folder);
  return hash.digest('hex');
}

/** `stamp` is the one from before the build: a source that changed meanwhile makes the part stale again. */
export function writeStamp(part: Part, stamp: string): void {
  writeFileSync(stampPath(part), stamp);
}

const stampPath = (part: Part): string => fromRoot('dist', `${part}.stamp`);

function readStamp(part: Part): string | undefined {
  if (!existsSync(fromRoot('dist', PARTS[part].outDir)) || !existsSync(stampPath(part))) return undefined;
  return readFileSync(stampPath(part), 'utf8');
}

type Hash = ReturnType<typeof createHash>;

function addFolder(hash: Hash, folder: string, name: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === '__fixtures__' || /\.test\.tsx?$/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) addFolder(hash, path, `${name}/${entry.name}`);
    else addFile(hash, path, `${name}/${entry.name}`);
  }
}

function addFile(hash: Hash, path: string, name: string): void {
  const { size, mtimeMs } = statSync(path);
  hash.update(`${name}\0${size}\0${mtimeMs}\n`);
}
