import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../protocol/json.ts';
import { anthropicUpstream } from '../upstreams/anthropic/index.ts';
import { geminiUpstream } from '../upstreams/gemini/index.ts';
import type { ModelCapabilities, TranslatingUpstream } from '../upstreams/upstream.ts';
import { createCapabilityLookup } from './capabilities.ts';

const FOUND: ModelCapabilities = { maxOutputTokens: 9_000, raw: {} };

function setUp(fetchCapabilities: TranslatingUpstream['fetchCapabilities'] = async () => FOUND) {
  const asked: string[] = [];
  let nowUs = 0;
  const lookup = createCapabilityLookup({ nowUs: () => nowUs, timeoutMs: 5 });
  const translator: TranslatingUpstream = {
    ...anthropicUpstream,
    async fetchCapabilities(context) {
      asked.push(context.model);
      return fetchCapabilities?.(context);
    },
  };
  const ask = (model: string, body: JsonObject = {}, baseURL = 'https://models.example') =>
    lookup({
      translator,
      config: { name: 'up', kind: 'anthropic', baseURL },
      model,
      credential: null,
      body,
      signal: new AbortController().signal,
    });
  return { ask, asked, wait: (us: number) => void (nowUs += us) };
}

describe('capability lookup', () => {
  it('asks once for a model that the table does not know', async () => {
    const { ask, asked } = setUp();
    expect([await ask('house-model'), await ask('house-model'), await ask('other')]).toEqual([FOUND, FOUND, FOUND]);
    expect(asked).toEqual(['house-model', 'other']);
  });

  it.each([
    ['a model that the table knows', 'claude-sonnet-5', {}, undefined],
    ['a request that says its own limit and no effort', 'house-model', { max_output_tokens: 100 }, undefined],
    ['a server on this machine', 'house-model', {}, 'http://127.0.0.1:4000'],
    ['a server on this machine, by IPv6', 'house-model', {}, 'http://[::1]:4000'],
  ])('does not ask for %s', async (_name, model, body, baseURL) => {
    const { ask, asked } = setUp();
    expect([await ask(model, body, baseURL), asked]).toEqual([undefined, []]);
  });

  it('asks for an effort, though the limit is said', async () => {
    const { ask } = setUp();
    expect(await ask('house-model', { max_output_tokens: 100, reasoning: { effort: 'low' } })).toBe(FOUND);
  });

  it('goes on without an answer when there is none in time, and asks again later', async () => {
    const { ask, asked, wait } = setUp(() => new Promise(() => undefined));
    expect(await ask('house-model')).toBeUndefined();
    expect(await ask('house-model')).toBeUndefined();
    wait(6 * 60 * 1_000_000);
    await ask('house-model');
    expect(asked).toHaveLength(2);
  });

  it('goes on when the upstream cannot be asked at all', async () => {
    const { ask } = setUp(() => Promise.reject(new Error('no route')));
    expect(await ask('house-model')).toBeUndefined();
  });

  it('knows which models are known', () => {
    const known = (upstream: TranslatingUpstream, ...models: string[]) => models.map((model) => upstream.knowsModel?.(model));
    expect(known(anthropicUpstream, 'claude-haiku-4-5-20260101', 'claude-new', 'house-model')).toEqual([true, true, false]);
    expect(known(geminiUpstream, 'gemini-3-pro', 'gemma-9')).toEqual([true, false]);
  });
});
