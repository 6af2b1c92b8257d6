/** Documents that name paths of the tree name paths that exist. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromRoot } from '../../scripts/lib/paths.ts';

const TOP_LEVEL = /^(proxy-core|electron|renderer|resources|scripts|test|docs|\.ci)(\/|$)/;

/** What stands in backticks and begins with a folder of ours; a placeholder like <name> ends the path. */
function namedPaths(text: string): string[] {
  const found = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] ?? '');
  return [
    ...new Set(found.filter((one) => TOP_LEVEL.test(one) && !one.includes('*')).map((one) => one.replace(/<.*$/, '').replace(/[,:]$/, ''))),
  ];
}

describe.each(['ARCHITECTURE.md', 'docs/development.md', 'docs/reliability.md'])('%s', (document) => {
  const paths = namedPaths(readFileSync(fromRoot(document), 'utf8'));

  it('names paths at all', () => expect(paths.length).toBeGreaterThan(5));
  it.each(paths)('names %s, which exists', (path) => expect(existsSync(fromRoot(path))).toBe(true));
});
