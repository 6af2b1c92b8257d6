/**
 * Two independent readings of every recorded upstream agree: what the translators make of it lints
 * without a finding, with the upstream's own bytes beside it, whole and cut off.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { translateRecorded } from '../../proxy-core/exchange/translate-recorded.ts';
import { asString, isObject, parseJson } from '../../proxy-core/protocol/json.ts';
import { lintFrames } from '../../proxy-core/protocol/lint/run-rules.ts';
import { digestFrames, isDigestKind } from '../../proxy-core/protocol/lint/upstream-digest/index.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';
import { translators } from '../../proxy-core/upstreams/index.ts';
import { hasShared, sharedDir, skipReason } from './lint-shared.ts';

const corpus = join(sharedDir, 'corpus');

describe.skipIf(!hasShared)('translated streams', () => {
  const index = hasShared ? (parseJson(readFileSync(join(corpus, 'index.json'), 'utf8')) as unknown[]).filter(isObject) : [];

  it.each(['anthropic', 'openai-chat', 'gemini'] as const)('of %s upstreams have no findings, whole or cut', (kind) => {
    const translator = translators[kind];
    if (!translator || !isDigestKind(kind)) throw new Error(`there is no translator for ${kind}`);
    const files = index.filter((entry) => entry['api'] === kind).flatMap((entry) => asString(entry['file']) ?? []);
    expect(files.length).toBeGreaterThan(0);
    const wrong: string[] = [];
    for (const file of files) {
      const whole = readFileSync(join(corpus, file));
      for (const part of [1, 0.6]) {
        const bytes = whole.subarray(0, Math.floor(whole.length * part));
        const upstream = digestFrames(readFrames(bytes), kind);
        const { sse } = translateRecorded({ bytes, translator });
        const { findings } = lintFrames(readFrames(Buffer.from(sse)), upstream ? { end: { upstream } } : {});
        for (const { rule, message } of findings.slice(0, 2)) wrong.push(`${file} (${part}): ${rule}: ${message}`);
      }
    }
    console.log(`examined ${files.length} ${kind} streams, whole and cut`);
    expect(wrong).toEqual([]);
  });
});

describe.runIf(!hasShared)('translated streams', () => {
  if (!hasShared) it.skip(skipReason, () => undefined);
});
