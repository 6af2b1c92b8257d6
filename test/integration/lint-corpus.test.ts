/** No rule may fire an error on genuine OpenAI or Azure traffic. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asString, isObject, parseJson, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { hasShared, lintFile, sharedDir, skipReason } from './lint-shared.ts';

const corpus = join(sharedDir, 'corpus');

describe.skipIf(!hasShared)('genuine OpenAI and Azure streams', () => {
  it('lint without an error finding, with and without their requests', () => {
    const index = parseJson(readFileSync(join(corpus, 'index.json'), 'utf8')) as unknown[];
    const files = index
      .filter(isObject)
      .filter(
        (entry) =>
          entry['api'] === 'openai-responses' &&
          (entry['provider'] === 'openai' || entry['provider'] === 'azure') &&
          entry['genuine'] === true,
      )
      .flatMap((entry) => asString(entry['file']) ?? []);
    const wrong: string[] = [];
    let withRequest = 0;
    for (const file of files) {
      const requestFile = join(corpus, file.replace(/\.sse$/, '.request.json'));
      const request = existsSync(requestFile) ? parseJsonObject(readFileSync(requestFile, 'utf8')) : undefined;
      if (request) withRequest += 1;
      for (const findings of [lintFile(join(corpus, file)), request ? lintFile(join(corpus, file), { request }) : []]) {
        for (const finding of findings) {
          if (finding.severity === 'error') wrong.push(`${file}: ${finding.rule}: ${finding.message}`);
          if (finding.knownIssues.length > 0)
            wrong.push(`${file}: looks like ${finding.knownIssues[0]?.repo}#${finding.knownIssues[0]?.number}`);
        }
      }
    }
    console.log(`examined ${files.length} genuine streams, ${withRequest} with their request`);
    expect(files.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
});

describe.runIf(!hasShared)('genuine OpenAI and Azure streams', () => {
  if (!hasShared) it.skip(skipReason, () => undefined);
});
