/** The fifty pitfalls of bridging: each is named by at least one test, as `pitfall 7` or `pitfalls 4, 5`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const COUNT = 50;

/** Only the names of tests count: a comment proves nothing. */
function pitfallsIn(source: string): number[] {
  return [...source.matchAll(/['"`][^'"`\n]*\bpitfalls? (\d+(?:(?:, | and )\d+)*)/gi)].flatMap(
    ([, list = '']) => list.match(/\d+/g)?.map(Number) ?? [],
  );
}

function testFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.endsWith('pitfalls-coverage.test.ts'))
    .map((file) => join(ROOT, folder, file));
}

describe('the pitfalls', () => {
  it('are read from the names of tests, lists included', () => {
    expect(pitfallsIn("it('x (pitfalls 4, 5 and 6)', …); it(`y (pitfall 12)`, …)\n// pitfall 99")).toEqual([4, 5, 6, 12]);
  });

  it('each have a test that names them', () => {
    const files = [...testFiles('proxy-core'), ...testFiles('test')];
    expect(files.length).toBeGreaterThan(50);
    const named = new Set(files.flatMap((file) => pitfallsIn(readFileSync(file, 'utf8'))));
    const missing = Array.from({ length: COUNT }, (_none, index) => index + 1).filter((number) => !named.has(number));
    expect(missing).toEqual([]);
  });
});
