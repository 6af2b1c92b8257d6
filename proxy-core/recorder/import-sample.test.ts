import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RecordedSession, RecordedStep } from '../protocol/capture/recorded-session.ts';
import { toRecordedBytes } from '../protocol/capture/recorded-session.ts';
import { openMemoryDatabase } from './database.ts';
import { importRecordedSession } from './import-sample.ts';
import { createPricer } from './prices.ts';
import { createQueries } from './queries/create-queries.ts';
import { createRecorder } from './recorder.ts';
import { START_US } from './recorder-fixtures.ts';
import { createRedactor } from './redact.ts';

async function importSession(recorded: RecordedSession) {
  const db = openMemoryDatabase();
  const recorder = createRecorder({ db });
  let ids = 0;
  const masks = createRedactor();
  let flushes = 0;
  const flush = () => {
    flushes += 1;
    return recorder.flush();
  };
  const createId = (prefix: string) => `${prefix}_${ids++}`;
  const sessionId = await importRecordedSession(recorded, { observers: [recorder.observe], flush, createId, masks });
  recorder.close();
  const queries = createQueries(db, createPricer());
  return { ...queries, flushes, session: queries.sessions.getWithSteps(sessionId) };
}

function step(patch: Partial<RecordedStep>): RecordedStep {
  return {
    startedAtUs: START_US,
    transport: 'http',
    method: 'POST',
    path: '/v1/responses',
    headers: [['authorization', 'Bearer sk-of-somebody']],
    body: Buffer.from('{"model":"m","input":"hi","stream":true}'),
    upstream: 'litellm',
    upstreamKind: 'responses',
    model: 'm',
    stream: true,
    isResponses: true,
    previousResponseId: null,
    linkedBy: null,
    attempts: [],
    head: { tUs: 5, status: 200, headers: [['content-type', 'text/event-stream']] },
    writes: [],
    warnings: [],
    ...patch,
  };
}

const created = 'data: {"type":"response.created","response":{"id":"resp_1"}}\n\n';
const completed =
  'data: {"type":"response.completed","response":{"id":"resp_1","usage":{"input_tokens":3,"output_tokens":4}}}\n\ndata: [DONE]\n\n';

describe('importRecordedSession', () => {
  it('fills in from the stream what the recording does not say', async () => {
    const source = Buffer.from(created + completed);
    const writes = toRecordedBytes(source, [
      [1.5, 10],
      [2, 100],
    ]);
    const chunks = [0, 2_000].map((tUs) => ({ tUs, bytes: Buffer.from(`chunk at ${tUs}`) }));
    const attempt = {
      tUs: 0,
      method: 'POST',
      url: 'http://up/v1?key=secret',
      headers: [],
      body: Buffer.from('{}'),
      response: { tUs: 1, status: 200, headers: [] },
      chunks,
      end: null,
    };
    const { session, streams, steps } = await importSession({
      title: 'A sample',
      client: { name: 'AI SDK 5', version: '2' },
      steps: [step({ writes, attempts: [attempt] })],
    });
    expect(session).toMatchObject({ title: 'A sample', status: 'completed', client: { name: 'AI SDK 5' }, stepCount: 1 });
    const only = session?.steps[0];
    expect(only).toMatchObject({
      responseId: 'resp_1',
      eventCount: 2,
      chunkCount: 2,
      usage: { inputTokens: 3, totalTokens: 7 },
      durationMs: 2,
      firstEventMs: 2,
    });
    const id = only?.id ?? '';
    expect(Buffer.from(streams.emitted(id) as Uint8Array)).toEqual(source);
    expect(streams.events(id)?.events.map((event) => event.chunkIndex)).toEqual([1, 1]);
    expect(steps.detail(id)?.request.headers).toEqual([['authorization', 'Bearer [redacted]']]);
    expect(steps.detail(id)?.upstreamRequests[0]?.url).toBe('http://up/v1?key=[redacted]');
  });

  it('takes causes as they are given', async () => {
    const writes = [{ tUs: 1, bytes: Buffer.from(created + completed) }];
    const { session, streams } = await importSession({ title: '', client: null, steps: [step({ writes, causes: [null, 7] })] });
    expect(streams.events(session?.steps[0]?.id ?? '')?.events.map((event) => event.chunkIndex)).toEqual([null, 7]);
  });

  it('writes a large session piece by piece: all at once would be more than may wait', async () => {
    const chunk = Buffer.alloc(3_000_000, 'x');
    const attempt = {
      ...{ tUs: 0, method: 'POST', url: 'http://up/v1', headers: [], body: Buffer.from('{}'), end: null },
      response: { tUs: 1, status: 200, headers: [] },
      chunks: [1, 2, 3, 4, 5, 6].map((tUs) => ({ tUs, bytes: chunk })),
    };
    const large = step({ attempts: [attempt], writes: [{ tUs: 9, bytes: Buffer.from(created + completed) }] });
    const { session, streams, flushes } = await importSession({ title: '', client: null, steps: [large] });
    expect(flushes).toBe(3);
    expect(streams.upstream(session?.steps[0]?.id ?? '')).toHaveLength(6 * chunk.length);
  });

  it('does not call a cut stream a success, nor an HTTP error', async () => {
    const cut = step({ writes: [{ tUs: 1, bytes: Buffer.from(created) }] });
    const refused = step({
      stream: false,
      head: { tUs: 1, status: 400, headers: [] },
      writes: [{ tUs: 1, bytes: Buffer.from('{"error":{"message":"no"}}') }],
    });
    const whole = step({ stream: false, writes: [{ tUs: 1, bytes: Buffer.from('{"id":"resp_2","status":"incomplete","output":[]}') }] });
    const { session } = await importSession({ title: '', client: null, steps: [cut, refused, whole] });
    expect(session?.steps.map(({ status, error, responseId }) => [status, error, responseId])).toEqual([
      ['failed', null, 'resp_1'],
      ['failed', 'no', null],
      ['incomplete', null, 'resp_2'],
    ]);
  });

  it('finds the messages of a WebSocket by line', async () => {
    const lines = '{"type":"response.created","x":"ü"}\n{"type":"response.completed","response":{"id":"resp_9"}}\n';
    const { session, streams } = await importSession({
      title: '',
      client: null,
      steps: [step({ transport: 'websocket', writes: [{ tUs: 1, bytes: Buffer.from(lines) }] })],
    });
    expect(session?.status).toBe('completed');
    expect(streams.events(session?.steps[0]?.id ?? '')?.events.map((event) => event.type)).toEqual([
      'response.created',
      'response.completed',
    ]);
  });

  const capture = fileURLToPath(new URL('../../../shared/captures/litellm-1.83.14/c3-loop-think-t2', import.meta.url));
  it.skipIf(!existsSync(capture))('gives a real capture back byte for byte (skipped without ../shared/captures)', async () => {
    const emitted = readFileSync(`${capture}/emitted.sse`);
    const timing = JSON.parse(readFileSync(`${capture}/timing.json`, 'utf8')) as [number, number][];
    const { session, streams } = await importSession({
      title: 'LiteLLM',
      client: null,
      steps: [step({ writes: toRecordedBytes(emitted, timing) })],
    });
    const id = session?.steps[0]?.id ?? '';
    expect(Buffer.from(streams.emitted(id) as Uint8Array)).toEqual(emitted);
    const events = streams.events(id)?.events ?? [];
    expect(events.length).toBe(
      emitted
        .toString()
        .split('\n')
        .filter((line) => line.startsWith('data: {')).length,
    );
    expect(events[0]?.tUs).toBe(Math.round((timing[0]?.[0] ?? 0) * 1_000));
    expect(session?.status).toBe('completed');
  });
});
