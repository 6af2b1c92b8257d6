/** The page's own rules: small components, and a geometry of the timeline that knows no React, no store and no DOM. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromRoot } from '../../scripts/lib/paths.ts';

const MAX_COMPONENT_LINES = 150;

/** Components by name, with their length in lines: functions at the margin whose name begins with a capital. */
function measureComponents(source: string): Map<string, number> {
  const found = new Map<string, number>();
  const lines = source.split('\n');
  lines.forEach((line, start) => {
    const name = /^(?:export )?(?:const \w+ = memo\()?function ([A-Z]\w*)/.exec(line)?.[1];
    if (name === undefined) return;
    const end = lines.findIndex((other, at) => at > start && /^\}(?:\);)?$/.test(other));
    found.set(name, end - start + 1);
  });
  return found;
}

const FOREIGN =
  /from '(?:react|zustand|react-dom|[^']*(?:-store|services\/[^']*|components\/[^']*)\.tsx?)'|\b(?:document|window|localStorage)\./;

describe('components of the page', () => {
  const files = globSync('renderer/**/*.tsx', { cwd: fromRoot('.') });
  it('are measured', () => {
    const long = `export function Long(): ReactElement {\n${'  x;\n'.repeat(200)}}\n`;
    expect(measureComponents(long)).toEqual(new Map([['Long', 202]]));
    const memoised = 'export const Row = memo(function Row(props: {\n  a: 1;\n}): ReactElement {\n  return null;\n});\n';
    expect(measureComponents(memoised)).toEqual(new Map([['Row', 5]]));
    expect(files.length).toBeGreaterThan(40);
  });
  it(`stay under ${MAX_COMPONENT_LINES} lines`, () => {
    const long = files.flatMap((file) =>
      [...measureComponents(readFileSync(fromRoot(file), 'utf8'))].flatMap(([name, lines]) =>
        lines < MAX_COMPONENT_LINES ? [] : `${file}: ${name} has ${lines} lines`,
      ),
    );
    expect(long).toEqual([]);
  });
});

describe("the timeline's geometry", () => {
  const files = globSync('renderer/model/timeline/*.ts', { cwd: fromRoot('.') }).filter((file) => !file.endsWith('.test.ts'));
  it('is looked at', () => {
    expect(files.length).toBeGreaterThan(12);
    expect(FOREIGN.test("import { useUi } from '../ui-store.ts';")).toBe(true);
    expect(FOREIGN.test("import { lookOf } from '../id-registry.ts';")).toBe(false);
  });
  it('is pure: no React, no store, no DOM', () => {
    expect(files.filter((file) => FOREIGN.test(readFileSync(fromRoot(file), 'utf8')))).toEqual([]);
  });
});
