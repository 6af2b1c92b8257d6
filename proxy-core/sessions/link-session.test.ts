import { describe, expect, it } from 'vitest';
import type { HeaderList } from '../protocol/capture/tap-event.ts';
import type { JsonObject } from '../protocol/json.ts';
import { openMemoryDatabase } from '../recorder/database.ts';
import { createRecorder } from '../recorder/recorder.ts';
import { START_US, stepEnded, stepStarted, writes } from '../recorder/recorder-fixtures.ts';
import { createEvidenceWriter } from './evidence-rows.ts';
import { createSessionLinker } from './link-session.ts';

const NODE: HeaderList = [['user-agent', 'OpenAI/JS 7.55.0']];
const user = (text: string) => ({ role: 'user', content: [{ type: 'input_text', text }] });
const message = (id: string, text: string) => ({
  type: 'message',
  id,
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
});
const call = (id: string, callId: string, args = '{"city":"Paris"}') => ({
  type: 'function_call',
  id,
  call_id: callId,
  name: 'get_weather',
  arguments: args,
  status: 'completed',
});
const output = (callId: string, text = 'sunny') => ({ type: 'function_call_output', call_id: callId, output: text });

/** One client talking: each turn is linked, then answered with the given items. */
function openClient(db = openMemoryDatabase()) {
  let ids = 0;
  let steps = 0;
  let nowUs = START_US;
  const linker = createSessionLinker({ db, createId: (prefix) => `${prefix}_${db.name}${ids++}`, onWaiting: () => undefined });
  const recorder = createRecorder({ db });

  function turn(
    body: JsonObject,
    answer?: { id: string; items: JsonObject[]; stream?: boolean },
    options: { headers?: HeaderList; credential?: string | null } = {},
  ) {
    const { headers = NODE, credential = 'sk-1' } = options;
    const linked = linker.link({ headers, body, credential, nowUs });
    nowUs += 1_000;
    const stepId = `step_${steps++}`;
    const { sessionId, index, linkedBy, client, title } = linked;
    const stream = answer?.stream ?? true;
    const observe: typeof linker.observe = (event) => {
      recorder.observe(event);
      linker.observe(event);
    };
    observe(stepStarted({ stepId, sessionId, index, linkedBy, client, title, stream, body: Buffer.from(JSON.stringify(body)) }));
    const output = answer?.items ?? [];
    if (answer && stream) {
      writes(stepId, [
        { type: 'response.created', response: { id: answer.id, output: [] } },
        ...output.flatMap((item, i) => [
          { type: 'response.output_item.added', output_index: i, item: { ...item, content: [] } },
          { type: 'response.output_item.done', output_index: i, item },
        ]),
        { type: 'response.completed', response: { id: answer.id, output } },
      ]).forEach(observe);
    } else if (answer) {
      const bytes = Buffer.from(JSON.stringify({ id: answer.id, object: 'response', output }));
      // In two pieces, as sockets give them.
      for (const piece of [bytes.subarray(0, 10), bytes.subarray(10)])
        observe({ type: 'client.write', stepId, tUs: 1, bytes: piece, events: [] });
    }
    if (answer) observe(stepEnded({ stepId, responseId: answer.id }));
    return linked;
  }
  /** As whoever writes does it: what was learned, if there is anything. */
  function flush(): void {
    const rows = linker.evidence.take();
    if (!rows) return;
    createEvidenceWriter(db)(rows);
    linker.evidence.settle(null);
  }
  return { db, linker, recorder, turn, flush, wait: (us: number) => (nowUs += us) };
}

describe('session linker', () => {
  it('begins a session for a first request, with the first words as its title', () => {
    const { turn } = openClient();
    expect(turn({ input: [{ role: 'developer', content: 'Be brief' }, user('What is   the weather\nin Paris?')] })).toMatchObject({
      index: 0,
      linkedBy: null,
      parentResponseId: null,
      title: 'What is the weather in Paris?',
      client: { name: 'openai-node', version: '7.55.0' },
    });
    expect(turn({ input: 'x'.repeat(200) }).title).toHaveLength(81);
    expect(turn({}).title).toBe('');
  });

  it.each([true, false])('links by previous_response_id (stream: %s)', (stream) => {
    const { turn } = openClient();
    const first = turn({ input: 'hi' }, { id: 'resp_1', items: [message('msg_1', 'hello')], stream });
    const second = turn({ previous_response_id: 'resp_1', input: 'more' }, { id: 'resp_2', items: [], stream });
    expect(second).toMatchObject({ sessionId: first.sessionId, index: 1, linkedBy: 'previous_response_id', parentResponseId: 'resp_1' });
    const branch = turn({ previous_response_id: 'resp_1', input: 'other' });
    expect(branch).toMatchObject({ sessionId: first.sessionId, index: 2, linkedBy: 'previous_response_id, branching off after step 1' });
  });

  it('links by previous_response_id while the first answer has not ended', () => {
    const { turn, linker } = openClient();
    const first = turn({ input: 'hi' });
    writes('step_0', [{ type: 'response.created', response: { id: 'resp_1' } }]).forEach(linker.observe);
    expect(turn({ previous_response_id: 'resp_1', input: 'more' }).sessionId).toBe(first.sessionId);
  });

  it("links by the id inside LiteLLM's encoded id, and the other way round", () => {
    const encoded = `resp_${Buffer.from('litellm:custom_llm_provider:openai;model_id:None;response_id:resp_inner').toString('base64')}`;
    for (const [given, sent] of [
      [encoded, 'resp_inner'],
      ['resp_inner', encoded],
    ] as const) {
      const { turn } = openClient();
      const first = turn({ input: 'hi' }, { id: given, items: [] });
      expect(turn({ previous_response_id: sent, input: 'more' }).sessionId).toBe(first.sessionId);
    }
  });

  it('links by item references and by ids of items that are sent back', () => {
    const { turn } = openClient();
    const first = turn({ input: 'hi' }, { id: 'resp_1', items: [message('msg_1', 'hello'), call('fc_1', 'call_0')] });
    const second = turn({ input: [user('hi'), { type: 'item_reference', id: 'msg_1' }, output('call_0')] });
    expect(second).toMatchObject({ sessionId: first.sessionId, linkedBy: 'item id msg_1', parentResponseId: 'resp_1' });
    expect(turn({ input: [call('fc_1', 'call_0'), output('call_0')] }).linkedBy).toBe('item id fc_1, branching off after step 1');
  });

  it('keeps two runs apart that say the same word for word (pitfall 48)', () => {
    const { turn } = openClient();
    const run = (name: string) => {
      const first = turn({ input: [user('hi')] }, { id: `resp_${name}1`, items: [call(`fc_${name}`, 'call_0')] });
      // As AI SDK 6 and 7 resend a call: without its item id.
      const { id: _id, ...resent } = call('', 'call_0');
      const second = turn(
        { input: [user('hi'), resent, output('call_0')] },
        { id: `resp_${name}2`, items: [message(`msg_${name}`, 'ok')] },
      );
      return { first, second };
    };
    const [one, two] = [run('a'), run('b')];
    expect(two.first.sessionId).not.toBe(one.first.sessionId);
    for (const { first, second } of [one, two]) expect(second).toMatchObject({ sessionId: first.sessionId, index: 1 });
  });

  it('links by call ids, but not by short or old ones', () => {
    const { turn, wait } = openClient();
    const first = turn({ input: 'hi' }, { id: 'resp_1', items: [call('fc_1', 'toolu_01Hd5JLFNQ1'), call('fc_2', 'call_0')] });
    expect(turn({ input: [output('toolu_01Hd5JLFNQ1')] })).toMatchObject({
      sessionId: first.sessionId,
      linkedBy: 'call id toolu_01Hd5JLFNQ1',
    });
    expect(turn({ input: [output('call_0')] }).linkedBy).toBeNull();
    wait(25 * 3600 * 1_000_000);
    expect(turn({ input: [output('toolu_01Hd5JLFNQ1')] }).linkedBy).toBeNull();
  });

  it.each([
    ['conversation', { conversation: { id: 'conv_1' } }, []],
    ['conversation', { conversation: 'conv_1' }, []],
    ['header session-id', {}, [['Session-Id', 'abc']]],
    ['header x-litellm-session-id', {}, [['x-litellm-session-id', 'abc']]],
    ['metadata.session_id', { metadata: { session_id: 'abc' } }, []],
  ] as [string, JsonObject, HeaderList][])('links by %s', (source, keys, headers) => {
    const { turn } = openClient();
    const first = turn({ input: 'hi', ...keys }, undefined, { headers: [...NODE, ...headers] });
    const second = turn({ input: 'something else', ...keys }, undefined, { headers: [...NODE, ...headers] });
    expect(second).toMatchObject({ sessionId: first.sessionId, index: 1, linkedBy: source });
    expect(turn({ input: 'hi' }).linkedBy).toBeNull();
  });

  it('links by the history that is sent again, however the client writes it', () => {
    const { turn } = openClient();
    const first = turn(
      { input: 'What is the weather?', instructions: 'a', tools: [] },
      {
        id: 'resp_1',
        items: [
          { type: 'reasoning', id: 'rs_1', summary: [] },
          message('msg_1', 'Let me see. '),
          call('fc_1', 'call_0', '{"city":"Paris","unit":"c"}'),
        ],
      },
    );
    const second = turn(
      {
        instructions: 'b',
        input: [
          { role: 'system', content: 'It is Saturday' },
          user('What is the weather?'),
          { role: 'assistant', content: 'Let me see.' },
          { type: 'function_call', call_id: 'call_0', name: 'get_weather', arguments: '{ "unit": "c", "city": "Paris" }' },
          output('call_0'),
        ],
      },
      { id: 'resp_2', items: [message('msg_2', 'Sunny.')] },
    );
    expect(second).toMatchObject({ sessionId: first.sessionId, index: 1, linkedBy: 'resent history', parentResponseId: 'resp_1' });
    const history = [
      user('What is the weather?'),
      { role: 'assistant', content: 'Let me see.' },
      { ...call('', 'call_0', '{"city":"Paris","unit":"c"}'), id: undefined },
      output('call_0'),
    ];
    const third = turn({ input: [...history, { role: 'assistant', content: 'Sunny.' }, user('And tomorrow?')] });
    expect(third).toMatchObject({ sessionId: first.sessionId, index: 2, linkedBy: 'resent history', parentResponseId: 'resp_2' });
    const rewound = turn({ input: [...history.slice(0, 3), output('call_0', 'rainy')] });
    expect(rewound).toMatchObject({
      sessionId: first.sessionId,
      index: 3,
      linkedBy: 'resent history, branching off after step 1',
      parentResponseId: 'resp_1',
    });
  });

  it('keeps two runs of the same prompt apart (pitfall 48)', () => {
    const { turn } = openClient();
    const first = turn({ input: [user('hi')] }, { id: 'resp_1', items: [message('msg_1', 'hello')] });
    const second = turn({ input: [user('hi')] }, { id: 'resp_2', items: [message('msg_2', 'hello there')] });
    expect(second.sessionId).not.toBe(first.sessionId);
    expect(second.linkedBy).toBeNull();
    expect(turn({ input: [user('hi'), { role: 'assistant', content: 'hello' }, user('more')] }).sessionId).toBe(first.sessionId);
    expect(turn({ input: [user('hi'), { role: 'assistant', content: 'hello there' }, user('more')] }).sessionId).toBe(second.sessionId);
  });

  it('never joins requests of different credentials or clients', () => {
    const { turn, db, flush } = openClient();
    const body = { input: 'hi', conversation: 'conv_1' };
    const first = turn(body, { id: 'resp_1', items: [message('msg_1', 'hello'), call('fc_1', 'toolu_01Hd5JLFNQ1')] });
    const next = {
      previous_response_id: 'resp_1',
      conversation: 'conv_1',
      input: [{ type: 'item_reference', id: 'msg_1' }, output('toolu_01Hd5JLFNQ1')],
    };
    expect(turn(next, undefined, { credential: 'sk-2' }).sessionId).not.toBe(first.sessionId);
    expect(turn(next, undefined, { credential: null }).sessionId).not.toBe(first.sessionId);
    expect(turn(next, undefined, { headers: [['user-agent', 'curl/8.5.0']] }).sessionId).not.toBe(first.sessionId);
    expect(turn(next, undefined, { headers: [['user-agent', 'OpenAI/JS 7.56.0']] }).sessionId).toBe(first.sessionId);
    flush();
    expect(JSON.stringify(db.prepare('SELECT * FROM evidence').all())).not.toMatch(/sk-1|sk-2/);
  });

  it('tells a compacted history under the same key from a new conversation under it', () => {
    const { turn } = openClient();
    const keys = { prompt_cache_key: 'thread-1', store: false };
    const first = turn({ ...keys, input: [user('hi')] }, { id: 'resp_1', items: [message('msg_1', 'hello')] });
    const compacted = turn({
      ...keys,
      input: [user('Summary of what was said'), { role: 'assistant', content: 'I remember.' }, user('go on')],
    });
    expect(compacted).toMatchObject({ sessionId: first.sessionId, linkedBy: 'prompt_cache_key, history rewritten' });
    const another = turn({ ...keys, input: [user('a different conversation of the same program')] });
    expect(another.linkedBy).toBeNull();
  });

  it('keeps sub-agents of one explicit key in its session', () => {
    const { turn } = openClient();
    const options = { headers: [...NODE, ['thread-id', 't1']] as HeaderList };
    const first = turn({ input: [user('main task')] }, { id: 'resp_1', items: [message('msg_1', 'I ask a helper')] }, options);
    const helper = turn({ input: [user('helper task')] }, { id: 'resp_2', items: [message('msg_2', 'done')] }, options);
    expect(helper).toMatchObject({ sessionId: first.sessionId, index: 1, linkedBy: 'header thread-id', parentResponseId: null });
    const main = turn(
      { input: [user('main task'), { role: 'assistant', content: 'I ask a helper' }, user('helper says done')] },
      undefined,
      options,
    );
    expect(main).toMatchObject({ index: 2, linkedBy: 'header thread-id, branching off after step 1', parentResponseId: 'resp_1' });
  });

  it('goes on after a restart, with the steps counted on', () => {
    const first = openClient();
    const { sessionId } = first.turn({ input: 'hi' }, { id: 'resp_1', items: [] });
    first.turn({ previous_response_id: 'resp_1', input: 'more' }, { id: 'resp_2', items: [] });
    first.recorder.close();
    first.flush();
    const second = openClient(first.db);
    expect(second.turn({ previous_response_id: 'resp_2', input: 'again' })).toMatchObject({
      sessionId,
      index: 2,
      linkedBy: 'previous_response_id',
    });
  });

  it('does not go on with a session that was deleted', () => {
    const { turn, linker, db, flush } = openClient();
    const { sessionId } = turn({ input: 'hi' }, { id: 'resp_1', items: [] });
    flush();
    linker.forgetSession(sessionId);
    db.prepare('DELETE FROM evidence WHERE session_id = ?').run(sessionId);
    expect(turn({ previous_response_id: 'resp_1', input: 'more' })).toMatchObject({ linkedBy: null, index: 0 });
  });

  it('does not throw when the database is gone', () => {
    const { turn, db } = openClient();
    db.close();
    expect(turn({ previous_response_id: 'resp_1', input: 'hi' }, { id: 'resp_2', items: [] }).linkedBy).toBeNull();
    expect(turn({ previous_response_id: 'resp_2', input: 'hi' }).linkedBy).toBe('previous_response_id');
  });

  it('links the second turns that real clients send', () => {
    const shapes: JsonObject[][] = [
      // AI SDK 6, store unset; AI SDK 7, store: false; agents; Codex with its own ids.
      [
        user('q'),
        { type: 'item_reference', id: 'rs_1' },
        { type: 'function_call', call_id: 'call_abcdefghij', name: 'get_weather', arguments: '{}' },
        output('call_abcdefghij'),
      ],
      [
        user('q'),
        { type: 'reasoning', id: 'rs_1', summary: [] },
        { role: 'assistant', content: 'a' },
        call('fc_x', 'call_abcdefghij'),
        output('call_abcdefghij'),
      ],
      [
        user('q'),
        { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] },
        { ...output('call_abcdefghij'), status: 'completed' },
      ],
      [
        user('q'),
        { type: 'message', id: 'msg_own', role: 'assistant', content: [] },
        { ...output('call_abcdefghij'), output: [{ type: 'input_text', text: 'x' }] },
      ],
    ];
    for (const input of shapes) {
      const { turn } = openClient();
      const first = turn(
        { input: [user('q')] },
        { id: 'resp_1', items: [{ type: 'reasoning', id: 'rs_1', summary: [] }, message('msg_1', 'a'), call('fc_1', 'call_abcdefghij')] },
      );
      expect(turn({ input }).sessionId).toBe(first.sessionId);
    }
  });
});
