/** The Python clients' two-step tool loop over each upstream kind. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAID, type ScenarioName } from '../helpers/fake-scenarios.ts';
import { setStage, STAGES, withFreshCallId, type Stage } from './loop-stage.ts';
import { PYTHON, runClient } from './run-client.ts';

const CLIENTS = ['openai', 'openai-agents', 'langchain-openai', 'pydantic-ai'];
const LOOPS: [streaming: string, ScenarioName, ScenarioName][] = [
  ['create', 'tool', 'text'],
  ['stream', 'think-tool', 'think-text'],
];

describe.each(STAGES)('the loop over $name', (kind) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage(kind);
  });
  afterAll(() => stage.close());

  for (const client of CLIENTS) {
    for (const store of ['unset', 'false']) {
      it.each(LOOPS)(`${client}, store ${store}, %s: %s, %s`, async (streaming, first, second) => {
        stage.upstream.seen.length = 0;
        stage.upstream.answer(withFreshCallId(kind.kind, first), second);
        const script = join(import.meta.dirname, 'python', 'loop.py');
        const end = await runClient(PYTHON, [script, client, stage.apiBase, kind.model, store, streaming]);
        expect(end.code, end.err).toBe(0);
        expect(JSON.parse(end.out.trim().split('\n').at(-1) ?? '')).toEqual({
          text: SAID.text.join(''),
          calls: [{ name: 'get_weather', city: 'Paris' }],
        });
        expect(stage.upstream.seen).toHaveLength(2);
        await stage.expectLoop(['What is the weather in Paris?', 'get_weather', 'temp_c']);
      });
    }
  }
});
