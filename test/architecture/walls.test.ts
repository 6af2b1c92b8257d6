/**
 * Every import wall can fail: the canary tree is checked by the real compiler and linter under the real
 * configuration, and each canary must be reported, each honest file must not.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { provideElectronTypes } from '../../scripts/lib/electron-types.ts';
import { fromRoot } from '../../scripts/lib/paths.ts';
import { CANARIES } from './canary.ts';

const CONFIGURATION = [
  'package.json',
  '.oxlintrc.json',
  'tsconfig.base.json',
  'proxy-core/protocol/tsconfig.json',
  'proxy-core/tsconfig.json',
  'renderer/tsconfig.json',
  'electron/tsconfig.json',
  'electron/tsconfig.e25.json',
];
const PROJECTS = ['proxy-core/protocol', 'proxy-core', 'renderer', 'electron', 'electron/tsconfig.e25.json'];

let tree: string;
let compilerSaid: string;
let linterSaid: string;
let linterCounted: string;

beforeAll(async () => {
  await provideElectronTypes();
  tree = mkdtempSync(join(tmpdir(), 'deltascope-walls-'));
  for (const path of CONFIGURATION) cpSync(fromRoot(path), join(tree, path), { recursive: true });
  mkdirSync(join(tree, '.cache'));
  symlinkSync(fromRoot('node_modules'), join(tree, 'node_modules'));
  symlinkSync(fromRoot('.cache/electron-25.1.1'), join(tree, '.cache/electron-25.1.1'));
  for (const { path, source } of CANARIES) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), source);
  }
  // The linter first: of a file outside its project the compiler leaves a declaration behind.
  linterSaid = run('oxlint', ['--type-aware', '--format=unix', 'proxy-core', 'renderer', 'electron']);
  linterCounted = run('oxlint', ['proxy-core', 'renderer', 'electron']);
  compilerSaid = run('tsc', ['-b', '--pretty', 'false', ...PROJECTS]);
}, 120_000);

afterAll(() => rmSync(tree, { recursive: true, force: true }));

function run(program: string, args: string[]): string {
  const { stdout, stderr } = spawnSync(fromRoot('node_modules/.bin', program), args, { cwd: tree, encoding: 'utf8' });
  return `${stdout}${stderr}`;
}

/** The lines of a report that are about one file. */
const about = (report: string, path: string): string =>
  report
    .split('\n')
    .filter((line) => line.startsWith(path))
    .join('\n');

describe('the compiler', () => {
  for (const { path, compiler } of CANARIES) {
    if (compiler) it(`rejects ${path}`, () => expect(about(compilerSaid, path)).toMatch(compiler));
    else it(`accepts ${path}`, () => expect(about(compilerSaid, path)).toBe(''));
  }
});

describe('the linter', () => {
  for (const { path, linter } of CANARIES) {
    if (linter) it(`rejects ${path}`, () => expect(about(linterSaid, path)).toMatch(linter));
    else it(`accepts ${path}`, () => expect(about(linterSaid, path)).toBe(''));
  }

  it('says how many files it saw, and saw them all', () => {
    expect(Number(/on (\d+) files/.exec(linterCounted)?.[1])).toBe(CANARIES.length);
  });
});

describe('the real tree', () => {
  it('has every project in the root tsconfig, so that none goes unchecked', () => {
    const references = asArray(parseJsonObject(readFileSync(fromRoot('tsconfig.json'), 'utf8'))?.['references']);
    const listed = references.map((one) => asString(asObject(one)['path']));
    for (const project of PROJECTS) {
      expect(listed).toContain(`./${project}`);
    }
  });
});
