/**
 * The recommended rules of secretlint, beside our own (./secret-rules.ts): more providers than we would keep up
 * with. Loaded with the first search; a search of a megabyte takes some 30 ms.
 */
export interface SecretlintMatch {
  text: string;
  /** `aws`, `slack`, … */
  rule: string;
}

const PREFIX = '@secretlint/secretlint-rule-';

export async function findBySecretlint(text: string): Promise<SecretlintMatch[]> {
  const { lintSource, creator } = await load();
  const { messages } = await lintSource({
    source: { content: text, filePath: 'recorded.txt', ext: '.txt', contentType: 'text' },
    options: { noPhysicFilePath: true, config: { rules: [{ id: creator.meta.id, rule: creator, options: {} }] } },
  });
  return messages.map(({ range: [start, end], ruleId }) => ({ text: text.slice(start, end), rule: ruleId.replace(PREFIX, '') }));
}

async function load() {
  const [{ lintSource }, { creator }, { secretLintProfiler }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
    import('@secretlint/profiler'),
  ]);
  // It keeps some marks of every rule of every search for good, and a bridge searches for weeks.
  secretLintProfiler.setEnabled(false);
  return { lintSource, creator };
}
