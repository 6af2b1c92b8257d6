/**
 * Every recorded provider stream of the corpus through the real translator: accepted by openai-node's
 * strict `responses.stream()` and by AI SDK 5, 6 and 7, with the text, reasoning and calls that it holds.
 */
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { translateRecorded, type TranslatedStream } from '../../proxy-core/exchange/translate-recorded.ts';
import { createLinter } from '../../proxy-core/protocol/lint/run-rules.ts';
import type { ResponseObject } from '../../proxy-core/protocol/responses/wire.ts';
import { translators } from '../../proxy-core/upstreams/index.ts';
import { runSdk, sdkNames } from '../helpers/ai-sdks.ts';
import { hasShared, readCorpus, readCorpusFile } from '../helpers/shared-data.ts';

const kinds = ['anthropic', 'openai-chat', 'gemini'] as const;

function toResponse(translated: TranslatedStream): Response {
  return new Response(translated.sse, { headers: { 'content-type': 'text/event-stream' } });
}

function contentOf(response: ResponseObject) {
  const texts: string[] = [];
  const refusals: string[] = [];
  const reasoning: string[] = [];
  const calls: { id: string; name: string }[] = [];
  for (const item of response.output) {
    if (item.type === 'message')
      for (const part of item.content) {
        if (part.type === 'output_text') texts.push(part.text);
        else refusals.push(part.refusal);
      }
    if (item.type === 'reasoning') reasoning.push(...item.summary.map(({ text }) => text));
    // A cut call is not one that a client may run.
    if (item.type === 'function_call' && item.status === 'completed') calls.push({ id: item.call_id, name: item.name });
  }
  return { texts, refusals, reasoning, calls };
}

function lint(translated: TranslatedStream) {
  const linter = createLinter();
  for (const [index, event] of translated.events.entries()) {
    linter.event({ index, name: event.type, data: JSON.stringify(event), json: event, tUs: null, chunkIndex: null });
  }
  return linter.end().filter(({ severity }) => severity === 'error');
}

describe.skipIf(!hasShared('corpus'))('the corpus, translated', () => {
  for (const kind of kinds) {
    it(`${kind}: every stream lints without an error and reads the same in every client`, async () => {
      const entries = readCorpus(kind);
      expect(entries.length).toBeGreaterThan(0);
      const ends: Record<string, number> = {};
      for (const entry of entries) {
        const translated = translateRecorded({ bytes: readCorpusFile(entry), translator: translators[kind] });
        const last = translated.events.at(-1);
        const response = last?.['response'] as ResponseObject;
        const end = last?.type ?? 'none';
        ends[end] = (ends[end] ?? 0) + 1;
        expect(lint(translated), entry.file).toEqual([]);

        const client = new OpenAI({ apiKey: 'x', maxRetries: 0, fetch: async () => toResponse(translated) });
        const final = await client.responses.stream({ model: 'x', input: 'x' }).finalResponse();
        expect(
          final.output.map(({ id }) => id),
          entry.file,
        ).toEqual(response.output.map(({ id }) => id));

        const expected = contentOf(response);
        for (const name of sdkNames) {
          const result = await runSdk(name, { fetch: async () => toResponse(translated), maxSteps: 1 });
          const where = `${entry.file} in ${name}`;
          // AI SDK 6 and 7 show a refusal as text, 5 drops it.
          expect(
            result.texts.filter((text) => text !== '' && !expected.refusals.includes(text)),
            where,
          ).toEqual(expected.texts);
          expect(result.reasoning.filter(Boolean), where).toEqual(expected.reasoning);
          expect(
            result.calls.map(({ id, name: tool }) => ({ id, name: tool })),
            where,
          ).toEqual(expect.arrayContaining(expected.calls));
          if (response.status === 'completed' && expected.refusals.length === 0)
            expect(result.finishReason, where).toMatch(/^(stop|tool-calls)$/);
        }
      }
      console.log(`corpus ${kind}: ${entries.length} streams, ${JSON.stringify(ends)}`);
    }, 600_000);
  }
});
