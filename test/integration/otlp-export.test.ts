/** Sessions as OpenTelemetry spans, live and afterwards, to a plain receiver; a real backend is `npm run test:otel`. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { exportCommand } from '../../proxy-core/commands/export.ts';
import { parseCommandLine } from '../../proxy-core/commands/command.ts';
import { loadSamples } from '../../proxy-core/demo/samples/index.ts';
import { toSpanId, toTraceId } from '../../proxy-core/otel/trace-ids.ts';
import type { BridgeInfo } from '../../proxy-core/protocol/api/control-api.ts';
import { startOtlpReceiver, type OtlpReceiver } from '../helpers/otlp-receiver.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';
import { startResponsesServer, type ResponsesServer } from '../helpers/responses-server.ts';

const KEY = 'collector-key-0123456789';
const CLIENT_KEY = 'sk-proj-aaaabbbbccccddddeeeeffff0002';
const WORDS = 'My grandmother Wilhelmine lives in Castrop-Rauxel.';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

let server: ResponsesServer;
let receiver: OtlpReceiver;
let proxy: TestProxy;
const notices: string[] = [];

beforeAll(async () => {
  server = await startResponsesServer();
  receiver = await startOtlpReceiver();
  proxy = await startProxy({
    upstreams: [{ name: 'gateway', kind: 'responses', baseURL: server.baseURL }],
    otel: { url: receiver.url, headers: { authorization: `Bearer ${KEY}` }, protocol: 'http/json' },
    onNotice: (line) => notices.push(line),
  });
});
afterEach(() => {
  receiver.answers.length = 0;
});
afterAll(async () => {
  await Promise.all([proxy.close(), server.close(), receiver.close()]);
});

/** The second step of a real LiteLLM: text under an id that was never announced. */
const broken = loadSamples()[0]?.steps[1];

async function ask(headers: Record<string, string> = {}): Promise<{ sessionId: string; stepId: string }> {
  server.streams.push(broken?.emitted.text ?? '');
  const reply = await fetch(`${proxy.ready.apiBase}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${CLIENT_KEY}`, ...headers },
    body: JSON.stringify({ model: 'm', input: `${WORDS} ${Math.random()}`, stream: true, temperature: 0.5, max_output_tokens: 900 }),
  });
  await reply.arrayBuffer();
  return { sessionId: reply.headers.get('x-deltascope-session') ?? '', stepId: reply.headers.get('x-deltascope-step') ?? '' };
}

describe('live export', () => {
  it('sends a span for each step when it has ended, with its findings as events', async () => {
    const before = receiver.spans().length;
    const { sessionId, stepId } = await ask();
    const span = (await receiver.has(before + 1)).at(-1);
    const step = await proxy.step(stepId);
    const { findings } = await proxy.findings(stepId);
    expect(span?.name).toBe('chat m');
    expect(span?.raw).toMatchObject({ traceId: toTraceId(sessionId), spanId: toSpanId(stepId), kind: 3 });
    expect(span?.raw['parentSpanId']).toBeUndefined();
    expect(Number(span?.raw['startTimeUnixNano']) / 1_000).toBeCloseTo(step.startedAt, -3);
    expect(span?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'm',
      'gen_ai.request.stream': true,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 900,
      'gen_ai.response.id': step.responseId,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': step.usage?.inputTokens,
      'gen_ai.usage.output_tokens': step.usage?.outputTokens,
      'gen_ai.usage.cache_read.input_tokens': step.usage?.cachedTokens,
      'gen_ai.usage.reasoning.output_tokens': step.usage?.reasoningTokens,
      'gen_ai.conversation.id': sessionId,
      'openai.api.type': 'responses',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(server.baseURL).port),
      'deltascope.finding.errors': step.findingCounts.error,
    });
    expect(findings.length).toBeGreaterThan(0);
    expect(span?.events.map(({ attributes }) => attributes['deltascope.finding.rule'])).toEqual(findings.map(({ rule }) => rule));
    const { events } = await proxy.events(stepId);
    const [finding] = findings;
    expect(Number(span?.events[0]?.timeUnixNano) / 1_000).toBeCloseTo(step.startedAt + (events[finding?.event ?? 0]?.tUs ?? 0), -3);
    expect((await proxy.api<BridgeInfo>('/api/info')).otel).toMatchObject({ endpoint: receiver.url, trouble: null, dropped: 0 });
  });

  it("puts the step into the client's own trace, below the span that called", async () => {
    const before = receiver.spans().length;
    await ask({ traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, tracestate: 'vendor=1' });
    const span = (await receiver.has(before + 1)).at(-1);
    expect(span?.raw).toMatchObject({ traceId: TRACE, parentSpanId: '00f067aa0ba902b7', traceState: 'vendor=1' });
  });

  it('sends neither what was said nor any credential', async () => {
    await receiver.has(2);
    for (const { text } of receiver.requests) {
      for (const word of ['Wilhelmine', 'Castrop', 'Paris', KEY, CLIENT_KEY, proxy.ready.token])
        expect(text.includes(word), word).toBe(false);
    }
    expect(receiver.requests[0]?.headers['authorization']).toBe(`Bearer ${KEY}`);
    const info = JSON.stringify(await proxy.api('/api/info'));
    expect(info).not.toContain(KEY);
    for (const name of readdirSync(proxy.dataDir).filter((one) => one.startsWith('deltascope.db'))) {
      expect(readFileSync(join(proxy.dataDir, name)).toString('latin1')).not.toContain(KEY);
    }
  });

  it('tries again when the collector is busy, says once that it refuses, and goes on', async () => {
    const before = receiver.spans().length;
    receiver.answers.push({ status: 503, headers: { 'retry-after': '0' } });
    await ask();
    await receiver.has(before + 1);
    expect(notices).toEqual([]);
    // 403 is final: those spans are lost, and the streams don't notice.
    receiver.answers.push({ status: 403 }, { status: 403 });
    const seen = receiver.requests.length;
    await ask();
    await until(() => receiver.requests.length > seen);
    await ask();
    await until(() => receiver.requests.length > seen + 1);
    await ask();
    await receiver.has(before + 2);
    await until(async () => (await proxy.api<BridgeInfo>('/api/info')).otel?.trouble === null);
    expect(notices.filter((line) => line.includes('not sent'))).toEqual([expect.stringContaining('answered 403')]);
    expect(notices.some((line) => line.includes('again'))).toBe(true);
    expect((await proxy.api<BridgeInfo>('/api/info')).otel?.dropped).toBe(2);
  });
});

describe('export afterwards', () => {
  it('gives the same trace again, from the command line and from the API', async () => {
    const before = receiver.spans().length;
    const { sessionId } = await ask();
    const live = (await receiver.has(before + 1)).at(-1);
    const answer = await proxy.api<{ accepted: number }>(`/api/sessions/${sessionId}/otlp`, { method: 'POST' });
    expect(answer).toMatchObject({ spans: 1, accepted: 1, endpoint: receiver.url, complaint: null });
    expect(receiver.spans().at(-1)).toEqual(live);
    const { code, out } = await run(
      sessionId,
      '--format',
      'otlp',
      '--endpoint',
      receiver.url.replace('/v1/traces', ''),
      '--protocol',
      'http/json',
      '--header',
      `x-key=${KEY}`,
    );
    expect([code, out]).toEqual([0, `1 of 1 spans sent to ${receiver.url}.\n`]);
    expect(receiver.spans().at(-1)).toEqual(live);
    expect(receiver.requests.at(-1)?.headers['x-key']).toBe(KEY);
  });

  it('says in one sentence what does not work', async () => {
    await expect(run('last', '--format', 'otlp')).rejects.toThrow('--endpoint URL');
    await expect(run('sess_none', '--format', 'otlp', '--endpoint', receiver.url)).rejects.toThrow('There is no session');
    receiver.answers.push({ status: 415 });
    await expect(run('last', '--format', 'otlp', '--endpoint', receiver.url)).rejects.toThrow('try the other protocol');
    await expect(proxy.api('/api/sessions/none/otlp', { method: 'POST' })).rejects.toThrow('404');
    receiver.answers.push({ status: 200, body: '{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}' });
    const { sessions } = await proxy.sessions();
    expect(await proxy.api(`/api/sessions/${sessions[0]?.id ?? ''}/otlp`, { method: 'POST' })).toMatchObject({
      accepted: 0,
      complaint: 'too old',
    });
  });
});

async function run(...args: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const context = {
    cwd: proxy.dataDir,
    env: {},
    readStdin: () => Promise.resolve(Buffer.alloc(0)),
    out: (text: string | Uint8Array) => void (out += String(text)),
    err: () => undefined,
  };
  const code = await exportCommand.run(parseCommandLine(exportCommand, [...args, '--data-dir', proxy.dataDir]), context);
  return { code, out };
}

/** Asked at each turn of the event loop, so that nothing hangs on a clock. */
async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setImmediate(resolve));
}
