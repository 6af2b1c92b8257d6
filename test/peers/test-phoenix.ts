/** Steps of every kind as spans in a real backend, live and afterwards, read back through its own API. */
import { loadSamples } from '../../proxy-core/demo/samples/index.ts';
import { toSpanId, toTraceId } from '../../proxy-core/otel/trace-ids.ts';
import type { StepDetail } from '../../proxy-core/protocol/api/control-api.ts';
import type { Finding } from '../../proxy-core/protocol/lint/finding.ts';
import { asArray, asObject, asString, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { startResponsesServer } from '../helpers/responses-server.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';
import { startPhoenix, type RunningPhoenix } from './start-phoenix.ts';

export interface PhoenixResult {
  passed: number;
  faults: string[];
}

const WORDS = 'My grandmother Wilhelmine lives in Castrop-Rauxel.';
const KEY = 'sk-proj-aaaabbbbccccddddeeeeffff0003';
const PARENT = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

export async function testPhoenix(binary: string, print: (line: string) => void): Promise<PhoenixResult> {
  const phoenix = await startPhoenix(binary);
  const server = await startResponsesServer();
  const notices: string[] = [];
  const proxy = await startProxy({
    upstreams: [{ name: 'gateway', kind: 'responses', baseURL: server.baseURL }],
    otel: { url: `${phoenix.url}/v1/traces`, headers: {}, protocol: 'http/protobuf' },
    onNotice: (line) => notices.push(line),
  });
  const result: PhoenixResult = { passed: 0, faults: [] };
  const check = (what: string, isOk: boolean): void => {
    print(`  ${isOk ? 'ok    ' : 'FAILED'}  ${what}`);
    if (isOk) result.passed += 1;
    else result.faults.push(what);
  };
  try {
    await askAll(proxy, server.streams);
    const steps = await readSteps(proxy);
    const spans = await phoenix.spans(steps.length);
    check(`${steps.length} steps are ${spans.length} spans`, steps.length === spans.length && steps.length >= 5);
    check('nothing was lost on the way', notices.length === 0);
    for (const { step, findings } of steps) checkStep(step, findings, spans, check);
    check('no prompt, no answer and no key arrived', !/Wilhelmine|Castrop|sk-proj/.test(JSON.stringify(spans)));
    await checkSessions(phoenix, steps, check);
    // The same ids again: a backend keeps one span, whoever sends it.
    const sessionId = steps[0]?.step.sessionId ?? '';
    const sent = await proxy.api<{ accepted: number; spans: number }>(`/api/sessions/${sessionId}/otlp`, { method: 'POST' });
    check('a session sent again afterwards is taken', sent.accepted === sent.spans && sent.spans > 0);
    const again = await phoenix.spans(steps.length);
    check('and is the same trace', JSON.stringify(again.map(idOf)) === JSON.stringify(spans.map(idOf)));
  } finally {
    await proxy.close();
    await server.close();
    await phoenix.stop();
  }
  return result;
}

/** A clean tool loop, a broken stream inside a client's own trace, and a request that is refused. */
async function askAll(proxy: TestProxy, streams: string[]): Promise<void> {
  await proxy.api('/api/demo-runs', { method: 'POST' });
  const broken = loadSamples()[0]?.steps ?? [];
  streams.push(...broken.map(({ emitted }) => emitted.text));
  const ask = async (path: string, headers: Record<string, string> = {}, body: JsonObject = {}): Promise<void> => {
    const reply = await fetch(`${proxy.ready.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, ...headers },
      body: JSON.stringify({ model: 'm', input: WORDS, stream: true, ...body }),
    });
    await reply.arrayBuffer();
  };
  for (const step of broken) await ask('/v1/responses', { traceparent: `00-${PARENT.traceId}-${PARENT.spanId}-01` }, step.request);
  await ask('/u/demo/v1/responses', {}, { previous_response_id: 'resp_unknown' });
}

async function readSteps(proxy: TestProxy): Promise<{ step: StepDetail; findings: Finding[] }[]> {
  const { sessions } = await proxy.sessions();
  const ids = (await Promise.all(sessions.map(({ id }) => proxy.session(id)))).flatMap(({ steps }) => steps.map(({ id }) => id));
  return Promise.all(ids.map(async (id) => ({ step: await proxy.step(id), findings: (await proxy.findings(id)).findings })));
}

function checkStep(
  step: StepDetail,
  findings: readonly Finding[],
  spans: readonly JsonObject[],
  check: (what: string, isOk: boolean) => void,
): void {
  const name = `${step.upstream} ${step.model} (${step.status}, ${findings.length} findings)`;
  const span = spans.find((one) => asObject(one['context'])['span_id'] === toSpanId(step.id));
  if (!span) return check(`${name}: its span is there`, false);
  const attributes = asObject(span['attributes']);
  const isInClientTrace = step.request.headers.some(([header]) => header === 'traceparent');
  const traceId = isInClientTrace ? PARENT.traceId : toTraceId(step.sessionId);
  check(
    `${name}: its place in the trace`,
    asObject(span['context'])['trace_id'] === traceId && (span['parent_id'] ?? null) === (isInClientTrace ? PARENT.spanId : null),
  );
  check(
    `${name}: understood as a call of a model`,
    span['span_kind'] === 'LLM' && attributes['llm.model_name'] === step.model && attributes['session.id'] === step.sessionId,
  );
  const usage = step.usage;
  check(
    `${name}: model, ids, usage`,
    attributes['gen_ai.request.model'] === step.model &&
      (step.responseId === null || attributes['gen_ai.response.id'] === step.responseId) &&
      (usage === null ||
        (attributes['llm.token_count.prompt'] === usage.inputTokens &&
          attributes['llm.token_count.completion'] === usage.outputTokens &&
          attributes['gen_ai.usage.reasoning.output_tokens'] === usage.reasoningTokens)),
  );
  const isFailed = step.status === 'failed';
  check(
    `${name}: how it ended`,
    span['status_code'] === (isFailed ? 'ERROR' : 'UNSET') && (asString(attributes['error.type']) !== undefined) === isFailed,
  );
  const events = asArray(span['events']).map(asObject);
  const rules = (list: readonly unknown[]): string => list.map(String).toSorted().join();
  check(
    `${name}: findings as events`,
    rules(events.map((event) => asObject(event['attributes'])['deltascope.finding.rule'])) === rules(findings.map(({ rule }) => rule)),
  );
}

async function checkSessions(
  { url }: RunningPhoenix,
  steps: readonly { step: StepDetail }[],
  check: (what: string, isOk: boolean) => void,
): Promise<void> {
  const reply = await fetch(`${url}/v1/projects/default/sessions?limit=100`);
  const known = asArray(asObject(await reply.json())['data']).map((one) => asObject(one)['session_id']);
  const wanted = [...new Set(steps.map(({ step }) => step.sessionId))];
  check(`${wanted.length} sessions are the backend's sessions`, wanted.every((id) => known.includes(id)) && known.length === wanted.length);
}

function idOf(span: JsonObject): string {
  const { trace_id: traceId, span_id: spanId } = asObject(span['context']);
  return `${String(traceId)} ${String(spanId)} ${String(span['parent_id'])}`;
}
