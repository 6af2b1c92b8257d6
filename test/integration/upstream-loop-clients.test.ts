/**
 * The main job over every upstream kind: each real JavaScript client does a two-step tool loop, with and
 * without storage, and the provider sees one whole conversation with the reasoning in its place.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runAgent } from '../helpers/agents-js.ts';
import { openResponsesNames, runSdk, sdkNames } from '../helpers/ai-sdks.ts';
import { SAID, type ScenarioName } from '../helpers/fake-scenarios.ts';
import { startFakeUpstream, type FakeKind, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { openaiNames, runOpenAILoop } from '../helpers/openai-nodes.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const PROMPT = 'What is the weather in Paris?';
const TEXT = SAID.text.join('');
const KINDS: [name: FakeKind | 'responses', kind: FakeKind, model: string][] = [
  ['anthropic', 'anthropic', 'claude-sonnet-5'],
  ['openai-chat', 'openai-chat', 'm'],
  ['gemini', 'gemini', 'gemini-3-pro'],
  // The bytes of another bridge, which speaks Responses.
  ['responses', 'anthropic', 'claude-sonnet-5'],
];
const STORES: [string, { store?: boolean }][] = [
  ['store unset', {}],
  ['store: false', { store: false }],
];
/** What the provider must get back of the first answer, beside the call: its reasoning, in its own form. */
const REPLAYED: Record<FakeKind, string> = {
  anthropic: '"signature":"SIG1"',
  'openai-chat': `"reasoning_content":"${SAID.thought}"`,
  gemini: '"thoughtSignature":"SIG1"',
};
const tools = { get_weather: () => ({ temp_c: 21, sky: 'sunny' }), get_time: () => 'noon' };

for (const [name, kind, model] of KINDS) {
  describe(`the loop over ${name}`, () => {
    let upstream: FakeUpstream;
    let origin: TestProxy | undefined;
    let proxy: TestProxy;
    beforeAll(async () => {
      upstream = await startFakeUpstream(kind);
      const fake = { name: 'fake', kind, baseURL: upstream.baseURL, apiKey: 'k' };
      if (name === 'responses') origin = await startProxy({ upstreams: [fake] });
      const passed = { name: 'passed', kind: 'responses' as const, baseURL: origin?.ready.apiBase ?? '' };
      proxy = await startProxy({ upstreams: [origin ? passed : fake] });
    });
    beforeEach(() => void (upstream.seen.length = 0));
    afterAll(async () => {
      await proxy.close();
      await origin?.close();
      await upstream.close();
    });

    async function expectLoop(options: { keepsReasoning: boolean }): Promise<void> {
      expect(upstream.seen).toHaveLength(2);
      const sent = JSON.stringify(upstream.seen[1]?.body);
      for (const part of [PROMPT, 'get_weather', 'Paris', 'temp_c']) expect(sent).toContain(part);
      if (options.keepsReasoning) expect(sent).toContain(REPLAYED[kind]);
      const [newest] = (await proxy.sessions()).sessions;
      expect(newest).toMatchObject({ status: 'completed', stepCount: 2, findingCounts: { error: 0 } });
    }

    const LOOPS: [ScenarioName, ScenarioName, boolean][] = [
      ['tool', 'text', false],
      ['think-tool', 'think-text', true],
    ];
    for (const [first, second, keepsReasoning] of LOOPS) {
      for (const [storeName, store] of STORES) {
        it.each(sdkNames)(`%s: ${first}, ${second}; ${storeName}`, async (client) => {
          upstream.answer(first, second);
          const result = await runSdk(client, { baseURL: proxy.ready.apiBase, model, prompt: PROMPT, tools, ...store });
          expect(result).toMatchObject({ errors: [], finishReason: 'stop', texts: [TEXT], calls: [{ name: 'get_weather' }] });
          await expectLoop({ keepsReasoning });
        });

        it.each(openaiNames.flatMap((client) => [true, false].map((streaming): [string, boolean] => [client, streaming])))(
          `%s, streaming %s: ${first}, ${second}; ${storeName}`,
          async (client, streaming) => {
            upstream.answer(first, second);
            const options = { baseURL: proxy.ready.apiBase, model, prompt: PROMPT, streaming, history: 'resend' as const, ...store };
            const result = await runOpenAILoop(client, options);
            expect(result).toMatchObject({ text: TEXT, calls: [{ name: 'get_weather' }] });
            await expectLoop({ keepsReasoning });
          },
        );

        it(`agents-js: ${first}, ${second}; ${storeName}`, async () => {
          upstream.answer(first, second);
          const result = await runAgent({ baseURL: proxy.ready.apiBase, model, prompt: PROMPT, tools, ...store });
          expect(result).toEqual({ text: TEXT, calls: [{ name: 'get_weather', input: { city: 'Paris' } }] });
          await expectLoop({ keepsReasoning });
        });
      }

      it.each(openResponsesNames)(`%s: ${first}, ${second}`, async (client) => {
        upstream.answer(first, second);
        const result = await runSdk(client, { baseURL: proxy.ready.apiBase, model, prompt: PROMPT, tools });
        expect(result).toMatchObject({ errors: [], finishReason: 'stop', texts: [TEXT], calls: [{ name: 'get_weather' }] });
        // This client drops reasoning; a bridge in between has the call to find it by.
        await expectLoop({ keepsReasoning });
      });

      it(`openai-node 7 by previous_response_id: ${first}, ${second}`, async () => {
        upstream.answer(first, second);
        const options = { baseURL: proxy.ready.apiBase, model, prompt: PROMPT, streaming: true, history: 'previous_response_id' as const };
        expect((await runOpenAILoop('openai-node 7', options)).text).toBe(TEXT);
        await expectLoop({ keepsReasoning });
      });
    }
  });
}
