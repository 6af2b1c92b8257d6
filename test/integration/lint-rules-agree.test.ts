/** Rule, test, documentation and registry agree: nobody can add one and forget the others. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toRuleDoc, toRuleIndex } from '../../proxy-core/protocol/lint/rule-doc.ts';
import { runCase } from '../../proxy-core/protocol/lint/run-case.ts';
import { LOST_EVENT } from '../../proxy-core/protocol/lint/model/stream-model.ts';
import { rules } from '../../proxy-core/protocol/lint/rules/index.ts';
import { sharedDir } from './lint-shared.ts';

const root = join(import.meta.dirname, '../..');
const rulesDir = join(root, 'proxy-core/protocol/lint/rules');
const docsDir = join(root, 'docs/rules');
const ids = rules.map((rule) => rule.id);

describe('rules', () => {
  it('are the files of the folder, each with its test', () => {
    const files = readdirSync(rulesDir).filter((name) => name !== 'index.ts');
    expect(files.length).toBeGreaterThan(0);
    expect(files.toSorted()).toEqual(ids.flatMap((id) => [`${id}.test.ts`, `${id}.ts`]).toSorted());
  });

  it('have a page each, as the rules would write it now (node scripts/docs-rules.ts)', () => {
    expect(readdirSync(docsDir).toSorted()).toEqual(['README.md', ...ids.map((id) => `${id}.md`)].toSorted());
    for (const rule of rules) expect(readFileSync(join(docsDir, `${rule.id}.md`), 'utf8')).toBe(toRuleDoc(rule));
    expect(readFileSync(join(docsDir, 'README.md'), 'utf8')).toBe(toRuleIndex(rules));
  });

  it.each(rules.map((rule) => [rule.id, rule] as const))(
    '%s: its bad example shows it and nothing else, its good one nothing',
    (id, rule) => {
      expect(runCase(rule.example.good)).toEqual([]);
      expect(new Set(runCase(rule.example.bad).map((finding) => finding.rule))).toEqual(new Set([id]));
    },
  );

  it('stay silent only after rules that exist', () => {
    for (const rule of rules) for (const other of rule.silentAfter ?? []) expect([...ids, LOST_EVENT]).toContain(other);
  });

  it.skipIf(!existsSync(join(sharedDir, 'docs/contract.md')))('are those of the contract, with its severities', () => {
    const contract = readFileSync(join(sharedDir, 'docs/contract.md'), 'utf8');
    const table = contract.slice(contract.indexOf('## 4.'), contract.indexOf('## 5.'));
    const wanted = [...table.matchAll(/^\| ([a-z]+(?:-[a-z]+)+) \| (error|warning|note)/gm)].map((match) => `${match[1]} ${match[2]}`);
    expect(wanted.length).toBeGreaterThan(30);
    expect(rules.map((rule) => `${rule.id} ${rule.severity}`).toSorted()).toEqual(wanted.toSorted());
  });
});
