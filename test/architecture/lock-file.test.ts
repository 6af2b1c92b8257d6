/**
 * The lock file installs everywhere. npm leaves out the platform packages that its registry could not show it
 * when the file was written, and `npm ci` then refuses the file on every machine.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asObject, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { fromRoot } from '../../scripts/lib/paths.ts';

const text = readFileSync(fromRoot('package-lock.json'), 'utf8');
const packages = Object.entries(asObject(parseJsonObject(text)?.['packages']));
const names = new Set(packages.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)));

describe('package-lock.json', () => {
  it('has every package that another one names, for every platform', () => {
    const missing = packages.flatMap(([path, value]) => {
      const { dependencies, optionalDependencies } = asObject(value);
      const wanted = Object.keys({ ...asObject(dependencies), ...asObject(optionalDependencies) });
      return wanted.filter((name) => !names.has(name)).map((name) => `${path} wants ${name}`);
    });
    expect(packages.length).toBeGreaterThan(400);
    expect(missing).toEqual([]);
  });

  it('names no registry', () => expect(text).not.toMatch(/"resolved": "http/));

  it('lets only the pinned Node run a script of its own at install', () => {
    const allowed = asObject(parseJsonObject(readFileSync(fromRoot('package.json'), 'utf8'))?.['allowScripts']);
    expect(Object.keys(allowed).filter((name) => allowed[name] === true)).toEqual(['node']);
    const withScript = packages.filter(([, value]) => asObject(value)['hasInstallScript'] === true).map(([path]) => path);
    expect(withScript.filter((path) => /electron(-25)?$|better-sqlite3$/.test(path))).toEqual([]);
    expect(withScript.length).toBeGreaterThan(0);
  });
});
