/**
 * Loads a client's packages when it is run, never before: they are many, large, and not part of the
 * bundle. Names are variables on purpose, so that no bundler follows them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { asString, parseJsonObject } from '../protocol/json.ts';

const require = createRequire(import.meta.url);

/** The module's exports; the caller names the few functions that it uses. */
export async function loadPackage(name: string): Promise<unknown> {
  return (await import(/* @vite-ignore */ name)) as unknown;
}

/** The installed version, or undefined when the package is not there. */
export function findPackageVersion(name: string): string | undefined {
  for (const folder of require.resolve.paths(name) ?? []) {
    const path = join(folder, name, 'package.json');
    if (existsSync(path)) return asString(parseJsonObject(readFileSync(path, 'utf8'))?.['version']);
  }
  return undefined;
}
