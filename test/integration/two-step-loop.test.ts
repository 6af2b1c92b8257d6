/** The main job on real clients: a two-step tool loop through the bridge, and what is recorded of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSdk, sdkNames } from '../helpers/ai-sdks.ts';
import { openaiNames, runOpenAILoop } from '../helpers/openai-nodes.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const prompt = 'What is the weather in Paris?';
const tools = { get_weather: () => ({ temp_c: 21, sky: 'sunny' }) };
const stores: [string, boolean | undefined][] = [
  ['store unset', undefined],
  ['store: false', false],
];

describe('a two-step tool loop over the demo upstream', () => {
  let proxy: TestProxy;
  beforeAll(async () => {
    proxy = await startProxy();
  });
  afterAll(() => proxy.close());

  /** The newest session has two clean, completed steps. */
  async function expectCleanSession(): Promise<void> {
    const [newest] = (await proxy.sessions()).sessions;
    expect(newest).toMatchObject({ status: 'completed', stepCount: 2 });
    const session = await proxy.session(newest?.id ?? '');
    for (const step of session.steps) {
      const { findings } = await proxy.findings(step.id);
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  }

  for (const name of sdkNames) {
    for (const [storeName, store] of stores) {
      it(`${name}, ${storeName}`, async () => {
        const result = await runSdk(name, { baseURL: proxy.ready.apiBase, prompt, tools, ...(store === undefined ? {} : { store }) });
        expect(result).toMatchObject({ errors: [], finishReason: 'stop' });
        expect(result.calls).toMatchObject([{ name: 'get_weather', input: { city: 'Paris' } }]);
        expect(result.texts.at(-1)).toContain('21');
        await expectCleanSession();
      });
    }
  }

  for (const name of openaiNames) {
    for (const [storeName, store] of stores) {
      for (const streaming of [true, false]) {
        it(`${name}, ${storeName}, ${streaming ? 'stream()' : 'create()'}`, async () => {
          const result = await runOpenAILoop(name, {
            baseURL: proxy.ready.apiBase,
            model: 'demo-claude',
            prompt,
            streaming,
            history: 'resend',
            ...(store === undefined ? {} : { store }),
          });
          expect(result.calls).toHaveLength(1);
          expect(result.text).toContain('21');
          await expectCleanSession();
        });
      }
    }
    it(`${name}, previous_response_id`, async () => {
      const result = await runOpenAILoop(name, {
        baseURL: proxy.ready.apiBase,
        model: 'demo-claude',
        prompt,
        streaming: true,
        history: 'previous_response_id',
      });
      expect(result.text).toContain('21');
      await expectCleanSession();
    });
  }

  it('gives back the exact bytes of both sides, and the cause of each event', async () => {
    const reply = await fetch(`${proxy.ready.apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo-claude', stream: true, input: 'Hello' }),
    });
    const received = Buffer.from(await reply.arrayBuffer());
    const stepId = reply.headers.get('x-deltascope-step') ?? '';
    expect(await proxy.bytes(`/api/steps/${stepId}/emitted`)).toEqual(received);
    const { chunks } = await proxy.chunks(stepId);
    const upstream = await proxy.bytes(`/api/steps/${stepId}/upstream`);
    expect(chunks.map(({ text }) => text).join('')).toBe(upstream.toString('utf8'));
    const { events, total } = await proxy.events(stepId);
    expect(events).toHaveLength(total);
    expect(received.toString('utf8').endsWith('data: [DONE]\n\n')).toBe(true);
    for (const event of events) {
      expect(event.data).toMatchObject({ type: event.type, sequence_number: event.index });
      if (event.type === 'response.output_text.delta') {
        const cause = chunks[event.chunkIndex ?? -1];
        expect(cause?.text).toContain(JSON.stringify((event.data as { delta: string }).delta));
      }
    }
  });
});
