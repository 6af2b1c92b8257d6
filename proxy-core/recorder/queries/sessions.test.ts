import { describe, expect, it } from 'vitest';
import { openMemoryDatabase } from '../database.ts';
import { createPricer } from '../prices.ts';
import { createRecorder } from '../recorder.ts';
import { START_US, stepEnded, stepStarted, writes } from '../recorder-fixtures.ts';
import { createQueries } from './create-queries.ts';
import { updateSession } from './sessions.ts';

const pricer = createPricer();
await pricer.ready();

const usage = (input: number, output: number) => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: input + output,
});

function openRecord() {
  const db = openMemoryDatabase();
  const recorder = createRecorder({ db });
  const { sessions } = createQueries(db, pricer);
  const ids = (q?: string) => sessions.page({ q }).sessions.map((session) => session.id);
  return { db, recorder, sessions, ids };
}

describe('sessions page', () => {
  it('shows the newest first and goes on by cursor', () => {
    const { recorder, sessions } = openRecord();
    for (let i = 0; i < 7; i++) {
      // Two sessions of the same instant must not fall between two pages.
      recorder.observe(stepStarted({ stepId: `step_${i}`, sessionId: `sess_${i}`, startedAtUs: START_US + Math.floor(i / 2) }));
    }
    recorder.flush();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = sessions.page({ limit: 2, cursor });
      seen.push(...page.sessions.map((session) => session.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['sess_6', 'sess_5', 'sess_4', 'sess_3', 'sess_2', 'sess_1', 'sess_0']);
    recorder.close();
  });

  it('finds sessions by text, ids, models, client and status', () => {
    const { recorder, ids } = openRecord();
    recorder.observe(stepStarted());
    const item = { type: 'message', id: 'msg_x', role: 'assistant', content: [{ type: 'output_text', text: 'Überall Sonne, 21 degrees' }] };
    for (const event of writes('step_1', [
      { type: 'response.output_text.delta', item_id: 'chatcmpl-01be', delta: 'x' },
      { type: 'response.output_item.done', item },
    ])) {
      recorder.observe(event);
    }
    recorder.observe(stepEnded({ status: 'failed', error: 'overloaded' }));
    recorder.observe(
      stepStarted({
        stepId: 'step_2',
        sessionId: 'sess_2',
        model: 'gpt-5',
        title: '100% other_thing',
        client: null,
        body: Buffer.from('{"input":"Tell a joke"}'),
      }),
    );
    recorder.flush();
    const both = ['sess_2', 'sess_1'];
    for (const q of [
      'paris',
      'sonne',
      'uberall',
      'degr',
      'chatcmpl-01',
      'msg_x',
      'haiku',
      'AI SDK',
      'failed',
      'overloaded',
      'step_1',
      'resp_1',
      'sonne failed',
    ])
      expect([q, ids(q)]).toEqual([q, ['sess_1']]);
    for (const q of ['joke', 'gpt-5', '100%', 'other_t', 'streaming']) expect([q, ids(q)]).toEqual([q, ['sess_2']]);
    for (const q of ['nothing', '%', '"', '*', 'sonne gpt-5', "'; DROP TABLE steps"])
      expect([q, ids(q)]).toEqual([q, q === '%' ? ['sess_2'] : []]);
    expect(ids('')).toEqual(both);
    expect(ids('  ')).toEqual(both);
    recorder.close();
  });

  it('adds up usage and cost, and gives no cost when one model has no price', () => {
    const { recorder, sessions } = openRecord();
    recorder.observe(stepStarted({ model: 'claude-sonnet-4-5' }));
    recorder.observe(stepEnded({ usage: usage(1_000_000, 1_000) }));
    recorder.observe(stepStarted({ stepId: 'step_2', index: 1, model: 'claude-sonnet-4-5', linkedBy: 'call id call_x' }));
    recorder.observe(stepEnded({ stepId: 'step_2', usage: usage(10, 5) }));
    recorder.flush();
    const session = sessions.getWithSteps('sess_1');
    expect(session?.usage).toMatchObject({ inputTokens: 1_000_010, outputTokens: 1_005, totalTokens: 1_001_015 });
    expect(session?.costUsd).toBeGreaterThan(1);
    expect(session?.linkedBy).toBe('call id call_x');
    expect(session?.steps.map((step) => step.index)).toEqual([0, 1]);
    recorder.observe(stepStarted({ stepId: 'step_3', index: 2, model: 'my-own-model' }));
    recorder.observe(stepEnded({ stepId: 'step_3', usage: usage(10, 5) }));
    recorder.flush();
    expect(sessions.get('sess_1')?.costUsd).toBeNull();
    expect(sessions.get('sess_1')?.models).toEqual(['claude-sonnet-4-5', 'my-own-model']);
    recorder.close();
  });

  it('is renamed and pinned', () => {
    const { db, recorder, sessions } = openRecord();
    recorder.observe(stepStarted());
    recorder.flush();
    expect(updateSession(db, 'sess_1', { title: 'The broken one', pinned: true })).toBe(true);
    expect(sessions.get('sess_1')).toMatchObject({ title: 'The broken one', pinned: true });
    expect(updateSession(db, 'sess_1', { title: null })).toBe(true);
    expect(sessions.get('sess_1')).toMatchObject({ title: 'What is the weather in Paris?', pinned: true });
    expect(updateSession(db, 'sess_none', { pinned: true })).toBe(false);
    expect(updateSession(db, 'sess_1', {})).toBe(true);
    recorder.close();
  });
});
