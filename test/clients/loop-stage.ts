/** One upstream kind on stage for a client's loop: a scripted provider, the bridge, and what both saw. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { UpstreamConfig } from '../../proxy-core/upstreams/upstream.ts';
import type { Scenario, ScenarioName } from '../helpers/fake-scenarios.ts';
import { scenarios, startFakeUpstream, type FakeKind, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

export interface StageKind {
  name: FakeKind | 'responses';
  kind: FakeKind;
  model: string;
}

export const STAGES: StageKind[] = [
  { name: 'anthropic', kind: 'anthropic', model: 'claude-sonnet-5' },
  { name: 'openai-chat', kind: 'openai-chat', model: 'm' },
  { name: 'gemini', kind: 'gemini', model: 'gemini-3-pro' },
  // The bytes of another bridge, which speaks Responses.
  { name: 'responses', kind: 'anthropic', model: 'claude-sonnet-5' },
];

export interface Stage {
  upstream: FakeUpstream;
  apiBase: string;
  /** The newest session has two clean steps, and the provider saw these words in its second request. */
  expectLoop(words: string[]): Promise<void>;
  close(): Promise<void>;
}

export async function setStage({ name, kind }: StageKind): Promise<Stage> {
  const upstream = await startFakeUpstream(kind);
  const fake: UpstreamConfig = { name: 'fake', kind, baseURL: upstream.baseURL, apiKey: 'k' };
  const origin: TestProxy | undefined = name === 'responses' ? await startProxy({ upstreams: [fake] }) : undefined;
  const proxy = await startProxy({ upstreams: [origin ? { name: 'passed', kind: 'responses', baseURL: origin.ready.apiBase } : fake] });
  return {
    upstream,
    apiBase: proxy.ready.apiBase,
    async expectLoop(words) {
      const sent = JSON.stringify(upstream.seen.at(-1)?.body);
      for (const word of words) expect(sent).toContain(word);
      const [newest] = (await proxy.sessions()).sessions;
      expect(newest).toMatchObject({ status: 'completed', stepCount: 2, findingCounts: { error: 0 } });
    },
    async close() {
      await proxy.close();
      await origin?.close();
      await upstream.close();
    },
  };
}

/** A scenario whose call has an id as real providers make them: long, and never the same twice. */
export function withFreshCallId(kind: FakeKind, name: ScenarioName): Scenario {
  const scenario = scenarios[kind][name];
  const id = randomUUID().replaceAll('-', '');
  const frames = scenario.frames.map((frame) => frame.replaceAll('"toolu_00"', `"toolu_${id}"`).replaceAll('"call_0x"', `"call_${id}"`));
  return { ...scenario, frames };
}
