/** Writes docs/rules/ from the rules themselves: `node scripts/docs-rules.ts`. A test fails when they differ. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toRuleDoc, toRuleIndex } from '../proxy-core/protocol/lint/rule-doc.ts';
import { rules } from '../proxy-core/protocol/lint/rules/index.ts';

const dir = join(import.meta.dirname, '../docs/rules');
mkdirSync(dir, { recursive: true });
const wanted = new Map([['README.md', toRuleIndex(rules)], ...rules.map((rule) => [`${rule.id}.md`, toRuleDoc(rule)] as const)]);
for (const name of readdirSync(dir)) if (!wanted.has(name)) rmSync(join(dir, name));
for (const [name, text] of wanted) writeFileSync(join(dir, name), text);
console.log(`docs/rules: ${rules.length} rules`);
