import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EmittedEvent, TapEvent } from '../protocol/capture/tap-event.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { createFrameReader } from '../sse/frame-reader.ts';
import { openMemoryDatabase } from './database.ts';
import { createPricer } from './prices.ts';
import { createQueries } from './queries/create-queries.ts';
import { createRecorder, interruptOrphans } from './recorder.ts';
import { START_US, stepEnded, stepStarted, writes } from './recorder-fixtures.ts';

function openRecord(options: { maxQueuedBytes?: number } = {}) {
  const db = openMemoryDatabase();
  const recorder = createRecorder({ db, flushMs: 3_600_000, ...options });
  const send = (...events: TapEvent[]) => events.forEach(recorder.observe);
  return { db, recorder, send, ...createQueries(db, createPricer()) };
}

const finding = (severity: Finding['severity'], rule = 'item-id-announced'): Finding => ({
  rule,
  severity,
  message: 'The text delta names an item that was never announced.',
  event: 3,
  sequenceNumber: 3,
  outputIndex: 0,
  itemId: 'chatcmpl-1',
  expected: 'msg_1',
  actual: 'chatcmpl-1',
  related: [],
  hop: 'upstream',
  knownIssues: [],
});

describe('recorder', () => {
  it('tells a whole step as the control API wants it', () => {
    const { recorder, send, steps, sessions, streams } = openRecord();
    const upstreamBody = Buffer.from('{"model":"claude-haiku-4-5","stream":true}');
    send(
      stepStarted(),
      {
        type: 'upstream.request',
        stepId: 'step_1',
        attempt: 0,
        tUs: 10,
        method: 'POST',
        url: 'http://up/v1/messages',
        headers: [['x-a', 'b']],
        body: upstreamBody,
      },
      { type: 'upstream.response', stepId: 'step_1', attempt: 0, tUs: 20, status: 529, headers: [['retry-after', '2']] },
      { type: 'upstream.chunk', stepId: 'step_1', attempt: 0, index: 0, tUs: 21, bytes: Buffer.from('overloaded') },
      { type: 'upstream.end', stepId: 'step_1', attempt: 0, tUs: 22, cause: 'end' },
      {
        type: 'upstream.request',
        stepId: 'step_1',
        attempt: 1,
        tUs: 30,
        method: 'POST',
        url: 'http://up/v1/messages',
        headers: [],
        body: upstreamBody,
      },
      { type: 'upstream.response', stepId: 'step_1', attempt: 1, tUs: 40, status: 200, headers: [] },
      { type: 'client.head', stepId: 'step_1', tUs: 41, status: 200, headers: [['content-type', 'text/event-stream']] },
      { type: 'upstream.chunk', stepId: 'step_1', attempt: 1, index: 1, tUs: 42, bytes: Buffer.from('event: ping\n\n') },
      ...writes('step_1', [
        { type: 'response.created', sequence_number: 0, response: { id: 'resp_1' } },
        { type: 'response.output_item.added', sequence_number: 1, output_index: 0, item: { type: 'message', id: 'msg_1' } },
        { type: 'response.output_text.delta', sequence_number: 2, output_index: 0, item_id: 'msg_1', content_index: 0, delta: 'Sunny' },
        { type: 'response.completed', sequence_number: 3, response: { id: 'resp_1', output: [] } },
      ]),
      { type: 'warning', stepId: 'step_1', code: 'sampling_dropped', message: 'temperature was dropped', param: 'temperature' },
      { type: 'upstream.end', stepId: 'step_1', attempt: 1, tUs: 90, cause: 'reset', detail: 'ECONNRESET' },
      stepEnded({
        responseIdAliases: ['msg_01'],
        usage: {
          input_tokens: 10,
          input_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
          output_tokens: 5,
          output_tokens_details: { reasoning_tokens: 2 },
          total_tokens: 15,
        },
      }),
    );
    recorder.addFindings('step_1', [finding('error'), finding('warning', 'event-name')]);
    expect(recorder.flush()).toBe(true);

    expect(steps.detail('step_1')).toMatchObject({
      id: 'step_1',
      sessionId: 'sess_1',
      index: 0,
      responseId: 'resp_1',
      responseIdAliases: ['msg_01'],
      status: 'completed',
      httpStatus: 200,
      startedAt: START_US,
      firstEventMs: 1,
      durationMs: 200,
      chunkCount: 2,
      eventCount: 4,
      findingCounts: { error: 1, warning: 1, note: 0 },
      usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15, cachedTokens: 4, reasoningTokens: 2 },
      gap: null,
      request: { method: 'POST', path: '/v1/responses', body: { stream: true } },
      response: { status: 200, body: { id: 'resp_1' } },
      warnings: [{ code: 'sampling_dropped', message: 'temperature was dropped', param: 'temperature' }],
      upstreamRequests: [
        { attempt: 0, status: 529, responseHeaders: [['retry-after', '2']], error: null, body: { stream: true }, headers: [['x-a', 'b']] },
        { attempt: 1, status: 200, error: 'ECONNRESET', body: { stream: true } },
      ],
    });
    expect(streams.events('step_1')).toMatchObject({
      total: 4,
      events: [
        {
          index: 0,
          type: 'response.created',
          tUs: 1_000,
          sequenceNumber: 0,
          itemId: null,
          outputIndex: null,
          contentIndex: null,
          chunkIndex: null,
        },
        { index: 1, type: 'response.output_item.added', itemId: 'msg_1', outputIndex: 0, chunkIndex: 0 },
        { index: 2, itemId: 'msg_1', contentIndex: 0, chunkIndex: 1, data: { delta: 'Sunny' } },
        { index: 3, type: 'response.completed' },
      ],
    });
    expect(streams.chunks('step_1')).toEqual({
      total: 2,
      chunks: [
        { index: 0, tUs: 21, size: 10, text: 'overloaded' },
        { index: 1, tUs: 42, size: 13, text: 'event: ping\n\n' },
      ],
    });
    expect(Buffer.from(streams.upstream('step_1') as Uint8Array).toString()).toBe('event: ping\n\n');
    expect(Buffer.from(streams.upstream('step_1', 0) as Uint8Array).toString()).toBe('overloaded');
    expect(steps.findings('step_1')).toEqual([finding('error'), finding('warning', 'event-name')]);
    expect(sessions.get('sess_1')).toMatchObject({
      title: 'What is the weather in Paris?',
      client: { name: 'AI SDK 6', version: '3.0.141' },
      models: ['claude-haiku-4-5'],
      status: 'completed',
      endedAt: START_US + 200_000,
      stepCount: 1,
      faultCount: 1,
      upstreams: ['anthropic'],
    });
  });

  it('pages events and chunks over many batches', () => {
    const { recorder, send, streams } = openRecord();
    const all = writes(
      'step_1',
      Array.from({ length: 95 }, (_, i) => ({ type: 'response.output_text.delta', sequence_number: i, item_id: 'msg_1', delta: `${i}` })),
    );
    send(stepStarted());
    for (let i = 0; i < all.length; i++) {
      send(
        { type: 'upstream.chunk', stepId: 'step_1', attempt: 0, index: i, tUs: i, bytes: Buffer.from(`chunk ${i}`) },
        all[i] as TapEvent,
      );
      if (i % 10 === 9) recorder.flush();
    }
    recorder.flush();
    for (const after of [-1, 0, 8, 9, 50, 93, 94]) {
      const events = streams.events('step_1', { after, limit: 17 });
      const chunks = streams.chunks('step_1', { after, limit: 17 });
      const expected = Array.from({ length: Math.min(17, 94 - after) }, (_, i) => after + 1 + i);
      expect(events?.events.map((event) => event.sequenceNumber)).toEqual(expected);
      expect(chunks?.chunks.map((chunk) => chunk.text)).toEqual(expected.map((i) => `chunk ${i}`));
      expect([events?.total, chunks?.total]).toEqual([95, 95]);
    }
  });

  it('gives back exactly the bytes it was shown, whatever the borders of chunks, writes and batches', () => {
    const cut = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 12 }),
        cut,
        fc.boolean(),
        fc.integer({ min: 1, max: 5 }),
        (texts, sizes, isPassThrough, every) => {
          const { recorder, send, streams } = openRecord();
          const source = Buffer.from(
            texts.map((delta, i) => `data: ${JSON.stringify({ type: 'x', sequence_number: i, delta })}\r\n\r\n`).join(''),
          );
          const reader = createFrameReader();
          send(stepStarted());
          let index = 0;
          const found: string[] = [];
          for (let at = 0; at < source.length; index++) {
            const size = sizes[index % sizes.length] as number;
            const bytes = source.subarray(at, at + size);
            at += size;
            send({ type: 'upstream.chunk', stepId: 'step_1', attempt: 0, index, tUs: index * 7, bytes });
            const written = isPassThrough ? bytes : Buffer.from(bytes);
            const events = reader.push(written).map((frame): EmittedEvent => {
              found.push(frame.data);
              return { index: found.length - 1, name: frame.event, json: undefined, tUs: index * 7, chunkIndex: index, ...frame };
            });
            send({ type: 'client.write', stepId: 'step_1', tUs: index * 7, bytes: written, events });
            if (index % every === 0) recorder.flush();
          }
          recorder.flush();
          expect(Buffer.compare(streams.emitted('step_1') as Uint8Array, source)).toBe(0);
          expect(Buffer.compare(streams.upstream('step_1') as Uint8Array, source)).toBe(0);
          expect(streams.events('step_1')?.events.map((event) => event.data)).toEqual(found.map((data) => JSON.parse(data)));
          expect(found).toHaveLength(texts.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('stores a stream that is passed through once', () => {
    const { db, recorder, send } = openRecord();
    send(stepStarted());
    for (let index = 0; index < 50; index++) {
      const bytes = Buffer.alloc(1_000, `${index} `);
      send(
        { type: 'upstream.chunk', stepId: 'step_1', attempt: 0, index, tUs: index, bytes },
        { type: 'client.write', stepId: 'step_1', tUs: index, bytes, events: [] },
      );
    }
    recorder.flush();
    const { chunks, writes: written } = db
      .prepare('SELECT sum(length(chunk_bytes)) AS chunks, sum(length(write_bytes)) AS writes FROM segments')
      .get() as Record<string, number>;
    expect([chunks, written]).toEqual([50_000, 0]);
  });

  it('shows what it had to drop as a gap', () => {
    const { recorder, send, streams, steps } = openRecord({ maxQueuedBytes: 1_000 });
    const all = writes(
      'step_1',
      Array.from({ length: 30 }, (_, i) => ({ type: 'x', sequence_number: i, item_id: 'msg_1', delta: 'some text here' })),
    );
    send(stepStarted({ body: Buffer.alloc(0) }), ...all.slice(0, 20));
    recorder.flush();
    send(...all.slice(20));
    send({ type: 'upstream.chunk', stepId: 'step_1', attempt: 0, index: 0, tUs: 1, bytes: Buffer.from('late') });
    recorder.flush();
    const step = steps.get('step_1');
    const page = streams.events('step_1');
    expect(step?.gap?.events).toBeGreaterThan(0);
    expect(step?.eventCount).toBe(30);
    expect(page?.events.length).toBe(30 - (step?.gap?.events ?? 0));
    expect(page?.events.every((event) => event.index === event.sequenceNumber)).toBe(true);
  });

  it('keeps the rest when the disk takes nothing for a while, and says so', () => {
    const { db, recorder, send, streams } = openRecord();
    const all = writes('step_1', [{ type: 'a' }, { type: 'b' }, { type: 'c' }]);
    send(stepStarted(), all[0] as TapEvent);
    db.pragma('query_only = 1');
    expect(recorder.flush()).toBe(false);
    expect(recorder.trouble()).toMatch(/^Nothing is recorded just now: /);
    send(all[1] as TapEvent, all[2] as TapEvent, stepEnded());
    expect(recorder.flush()).toBe(false);
    db.pragma('query_only = 0');
    expect(recorder.flush()).toBe(true);
    expect(recorder.trouble()).toBeNull();
    expect(streams.events('step_1')?.events.map((event) => event.type)).toEqual(['a', 'b', 'c']);
    recorder.close();
  });

  it('loses only the step that can not be written, and says so', () => {
    const { recorder, send, steps } = openRecord();
    send(stepStarted({ stepId: 'step_bad', method: null as unknown as string }), stepStarted({ stepId: 'step_good' }));
    recorder.flush();
    expect(steps.get('step_bad')).toBeUndefined();
    expect(steps.get('step_good')).toBeDefined();
    expect(recorder.trouble()).toMatch(/1 step could not be recorded/);
  });

  it('calls steps that an earlier run left open interrupted', () => {
    const { db, recorder, send, steps, sessions } = openRecord();
    send(stepStarted(), ...writes('step_1', [{ type: 'response.created', response: { id: 'resp_1' } }]));
    recorder.flush();
    expect(steps.get('step_1')?.status).toBe('streaming');
    expect(interruptOrphans(db)).toBe(1);
    expect(steps.get('step_1')).toMatchObject({ status: 'interrupted', responseId: 'resp_1' });
    expect(sessions.get('sess_1')?.status).toBe('interrupted');
  });

  it('takes findings of a step that is long over', () => {
    const { recorder, send, steps } = openRecord();
    send(stepStarted(), stepEnded());
    recorder.flush();
    recorder.addFindings('step_1', [finding('error')]);
    recorder.addFindings('step_unknown', [finding('error')]);
    recorder.flush();
    expect(steps.get('step_1')?.findingCounts.error).toBe(1);
    recorder.replaceFindings('step_1', [finding('note'), finding('note')]);
    recorder.flush();
    expect(steps.get('step_1')?.findingCounts).toEqual({ error: 0, warning: 0, note: 2 });
    expect(steps.findings('step_1')).toHaveLength(2);
  });

  it('reads the frames of a WebSocket step as lines', () => {
    const { recorder, send, streams } = openRecord();
    const bytes = Buffer.from('{"type":"response.created","sequence_number":0}\n');
    send(stepStarted({ transport: 'websocket' }), {
      type: 'client.write',
      stepId: 'step_1',
      tUs: 5,
      bytes,
      events: [{ index: 0, name: null, data: '', json: undefined, offset: 0, length: bytes.length, tUs: 5, chunkIndex: null }],
    });
    recorder.flush();
    expect(streams.events('step_1')?.events[0]).toMatchObject({ type: 'response.created', sequenceNumber: 0 });
  });

  it('says what frames hold that are not JSON objects', () => {
    const { recorder, send, streams } = openRecord();
    const frames = ['event: odd\ndata: not json\n\n', 'data: [1]\n\n', 'data: {"error":{"message":"x"}}\n\n'];
    let offset = 0;
    send(stepStarted());
    frames.forEach((frame, index) => {
      const bytes = Buffer.from(frame);
      const event: EmittedEvent = { index, name: null, data: '', json: undefined, offset, length: bytes.length, tUs: 0, chunkIndex: null };
      send({ type: 'client.write', stepId: 'step_1', tUs: 0, bytes, events: [event] });
      offset += bytes.length;
    });
    recorder.flush();
    expect(streams.events('step_1')?.events.map(({ type, data }) => [type, data])).toEqual([
      ['odd', 'not json'],
      ['message', '[1]'],
      ['message', { error: { message: 'x' } }],
    ]);
  });
});
