/**
 * Sessions for the stand-in bridge of ./mock-control-api.ts: made from SSE text or real captures, linted by
 * the real linter, or generated at any size.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChunkRow, EventRow, Session, Step, StepDetail, Verdict } from '../../proxy-core/protocol/api/control-api.ts';
import { countFindings, type Finding } from '../../proxy-core/protocol/lint/finding.ts';
import { asArray, asNumber, asObject, asString, parseJson, parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { createLinter } from '../../proxy-core/protocol/lint/run-rules.ts';
import { createFrameReader } from '../../proxy-core/sse/frame-reader.ts';

export interface MockStep {
  step: Step;
  detail: StepDetail;
  events: EventRow[];
  chunks: ChunkRow[];
  emitted: string;
  findings: Finding[];
  verdicts: Verdict[];
}
export interface MockSession {
  session: Session;
  steps: MockStep[];
}
const NO_COUNTS = { error: 0, warning: 0, note: 0 };

export interface StepSource {
  id: string;
  index: number;
  sessionId: string;
  startedAt: number;
  emitted: string;
  /** Milliseconds per frame, [DONE] included; missing ones repeat the last. */
  timesMs: number[];
  chunks: ChunkRow[];
  request: JsonObject;
  upstream: string;
  model: string;
}

/** Makes a step from SSE text, lints it, and ties each event to the chunk before it. */
export function toMockStep(source: StepSource): MockStep {
  const reader = createFrameReader();
  const frames = [...reader.push(new TextEncoder().encode(source.emitted)), ...reader.end()];
  const linter = createLinter({ request: source.request });
  const events: EventRow[] = [];
  const deltaChunks = source.chunks.flatMap((chunk) =>
    /_delta"?[,:}\s]/.test(chunk.text) && /content_block_delta/.test(chunk.text) && !/signature_delta/.test(chunk.text) ? chunk.index : [],
  );
  let deltas = 0;
  frames.forEach((frame, position) => {
    if (frame.data === '[DONE]') return;
    const json = parseJsonObject(frame.data);
    const tMs = source.timesMs[position] ?? source.timesMs.at(-1) ?? 0;
    const type = asString(json?.['type']) ?? frame.event ?? '';
    const lastChunk = source.chunks.findLastIndex((chunk) => chunk.tUs <= tMs * 1000 + 1);
    const chunkIndex = type.endsWith('.delta') ? (deltaChunks[deltas++] ?? lastChunk) : lastChunk;
    const index = events.length;
    events.push({
      index,
      type,
      tUs: Math.round(tMs * 1000),
      sequenceNumber: asNumber(json?.['sequence_number']) ?? null,
      itemId: asString(json?.['item_id']) ?? asString(asObject(json?.['item'])['id']) ?? null,
      outputIndex: asNumber(json?.['output_index']) ?? null,
      contentIndex: asNumber(json?.['content_index']) ?? null,
      chunkIndex: chunkIndex < 0 ? null : chunkIndex,
      data: json ?? frame.data,
    });
    linter.event({
      index,
      name: frame.event,
      data: frame.data,
      json,
      tUs: Math.round(tMs * 1000),
      chunkIndex: chunkIndex < 0 ? null : chunkIndex,
    });
  });
  linter.end({});
  const findings = [...linter.findings];
  const lastMs = (events.at(-1)?.tUs ?? 0) / 1000;
  const responseId = asString(asObject(asObject(events[0]?.data)['response'])['id']) ?? null;
  const terminal = asObject(asObject(events.at(-1)?.data)['response']);
  const usage = asObject(terminal['usage']);
  const step: Step = {
    id: source.id,
    sessionId: source.sessionId,
    index: source.index,
    responseId,
    previousResponseId: asString(source.request['previous_response_id']) ?? null,
    upstream: source.upstream,
    model: source.model,
    stream: true,
    status: 'completed',
    httpStatus: 200,
    startedAt: source.startedAt,
    firstEventMs: (events[0]?.tUs ?? 0) / 1000,
    durationMs: Math.round(lastMs * 10) / 10,
    chunkCount: source.chunks.length,
    eventCount: events.length,
    findingCounts: countFindings(findings),
    usage:
      asNumber(usage['total_tokens']) === undefined
        ? null
        : {
            inputTokens: Number(usage['input_tokens']),
            outputTokens: Number(usage['output_tokens']),
            totalTokens: Number(usage['total_tokens']),
            cachedTokens: 0,
            reasoningTokens: 9,
          },
    responseIdAliases: [],
    upstreamKind: 'anthropic',
    method: 'POST',
    path: '/v1/responses',
    linkedBy: source.index === 0 ? null : 'call_id',
    error: null,
    gap: null,
  };
  const detail: StepDetail = {
    ...step,
    request: { method: 'POST', path: '/v1/responses', headers: [['content-type', 'application/json']], body: source.request },
    upstreamRequests: [],
    response: { status: 200, headers: [['content-type', 'text/event-stream']], body: null },
    warnings: [],
  };
  return { step, detail, events, chunks: source.chunks, emitted: source.emitted, findings, verdicts: [] };
}

export function toMockSession(id: string, title: string, steps: MockStep[], more: Partial<Session> = {}): MockSession {
  const first = steps[0]?.step;
  const last = steps.at(-1)?.step;
  const findings = steps.flatMap((step) => step.findings);
  const session: Session = {
    id,
    title,
    client: { name: 'ai-sdk', version: '5.0.277' },
    models: [...new Set(steps.flatMap(({ step }) => step.model ?? []))],
    status: last?.status ?? 'completed',
    startedAt: first?.startedAt ?? 0,
    endedAt: last === undefined ? null : last.startedAt + (last.durationMs ?? 0) * 1000,
    stepCount: steps.length,
    findingCounts: steps.length === 0 ? NO_COUNTS : countFindings(findings),
    usage: { inputTokens: 800, outputTokens: 30, totalTokens: 830, cachedTokens: 0, reasoningTokens: 21 },
    costUsd: 0.001,
    replayOf: null,
    linkedBy: null,
    upstreams: ['litellm', 'anthropic'],
    pinned: false,
    faultCount: new Set(findings.filter((finding) => finding.severity === 'error').map((finding) => finding.rule)).size,
    ...more,
  };
  return { session, steps };
}

/** The folder of captures beside the repository, or null when it is not there. */
export function capturesFolder(): string | null {
  const folder = join(import.meta.dirname, '../../../shared/captures');
  return existsSync(folder) ? folder : null;
}

const PACE_MS = 8.15;
const TOOL_MS = 46;

/** The two steps of one captured tool loop, as one session. */
export function loadCapture(
  folder: string,
  name: string,
  id: string,
  startedAt: number,
  title = 'What is the weather in Paris?',
): MockSession {
  const steps: MockStep[] = [];
  let at = startedAt;
  for (const turn of existsSync(join(folder, `${name}-t1`)) ? ['-t1', '-t2'] : ['']) {
    const base = join(folder, `${name}${turn}`);
    const timesMs = asArray(parseJson(readFileSync(join(base, 'timing.json'), 'utf8'))).map((entry) => Number(asArray(entry)[0]));
    const upstream = readFileSync(join(base, 'upstream.sse'), 'utf8');
    const firstDeltaMs = timesMs[2] ?? 32;
    const chunks = upstream
      .split(/(?<=\n\n)/)
      .filter((text) => text.trim() !== '')
      .map((text, index) => ({ index, tUs: Math.round((firstDeltaMs + (index - 3) * PACE_MS) * 1000), size: text.length, text }));
    const step = toMockStep({
      id: `${id}-step-${steps.length + 1}`,
      index: steps.length,
      sessionId: id,
      startedAt: at,
      emitted: readFileSync(join(base, 'emitted.sse'), 'utf8'),
      timesMs,
      chunks,
      request: asObject(parseJson(readFileSync(join(base, 'request.json'), 'utf8'))),
      upstream: 'anthropic',
      model: 'claude-haiku-4-5',
    });
    steps.push(step);
    at += (step.step.durationMs ?? 0) * 1000 + TOOL_MS * 1000;
  }
  return toMockSession(id, title, steps);
}

/** A clean session of any size: reasoning, then text, `count` events in all, 2 ms apart. */
export function generateSession(
  id: string,
  count: number,
  startedAt: number,
  options: { faultEvery?: number; steps?: number } = {},
): MockSession {
  const steps: MockStep[] = [];
  for (let s = 0; s < (options.steps ?? 1); s += 1)
    steps.push(generateStep(id, s, count, startedAt + s * (count * 2000 + 500_000), options.faultEvery ?? 0));
  return toMockSession(id, `Generated, ${count.toLocaleString('en')} events`, steps, { upstreams: ['anthropic'] });
}

function generateStep(id: string, index: number, count: number, startedAt: number, faultEvery: number): MockStep {
  const responseId = `resp_${index}f00dfeed${count}`;
  const response = { id: responseId, object: 'response', status: 'in_progress', output: [], model: 'claude' };
  const reasoning = `rs_${index}a1b2c3d4`;
  const message = `msg_${index}0e1f2a3b`;
  const rows: JsonObject[] = [
    { type: 'response.created', response },
    { type: 'response.in_progress', response },
    { type: 'response.output_item.added', output_index: 0, item: { id: reasoning, type: 'reasoning', summary: [] } },
    {
      type: 'response.reasoning_summary_part.added',
      item_id: reasoning,
      output_index: 0,
      summary_index: 0,
      part: { type: 'summary_text', text: '' },
    },
  ];
  const thinking = Math.floor(count * 0.3);
  while (rows.length < thinking)
    rows.push({ type: 'response.reasoning_summary_text.delta', item_id: reasoning, output_index: 0, summary_index: 0, delta: ' word' });
  rows.push(
    { type: 'response.output_item.done', output_index: 0, item: { id: reasoning, type: 'reasoning', summary: [] } },
    { type: 'response.output_item.added', output_index: 1, item: { id: message, type: 'message', role: 'assistant', content: [] } },
    { type: 'response.content_part.added', item_id: message, output_index: 1, content_index: 0, part: { type: 'output_text', text: '' } },
  );
  const findings: Finding[] = [];
  while (rows.length < count - 2) {
    if (faultEvery > 0 && rows.length % faultEvery === 0) findings.push(inventFinding(rows.length));
    rows.push({ type: 'response.output_text.delta', item_id: message, output_index: 1, content_index: 0, delta: ` word ${rows.length}` });
  }
  rows.push(
    { type: 'response.output_item.done', output_index: 1, item: { id: message, type: 'message', content: [] } },
    { type: 'response.completed', response: { ...response, status: 'completed' } },
  );
  const events = rows.map((data, i) => ({
    index: i,
    type: String(data['type']),
    tUs: i * 2000 + (i % 7) * 150,
    sequenceNumber: i,
    itemId: asString(data['item_id']) ?? asString(asObject(data['item'])['id']) ?? null,
    outputIndex: asNumber(data['output_index']) ?? null,
    contentIndex: asNumber(data['content_index']) ?? null,
    chunkIndex: i,
    data: { ...data, sequence_number: i },
  }));
  const chunks = events.map((event) => ({
    index: event.index,
    tUs: Math.max(0, event.tUs - 300),
    size: 90,
    text: 'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" word"}}\n\n',
  }));
  const made = toMockStep({
    id: `${id}-step-${index + 1}`,
    index,
    sessionId: id,
    startedAt,
    emitted: '',
    timesMs: [],
    chunks: [],
    request: {},
    upstream: 'anthropic',
    model: 'claude-haiku-4-5',
  });
  const durationMs = (events.at(-1)?.tUs ?? 0) / 1000;
  const step: Step = {
    ...made.step,
    responseId,
    eventCount: events.length,
    chunkCount: chunks.length,
    durationMs,
    findingCounts: countFindings(findings),
  };
  return { ...made, step, detail: { ...made.detail, ...step }, events, chunks, findings };
}

function inventFinding(event: number): Finding {
  return {
    rule: 'item-id-announced',
    severity: 'error',
    message: 'The text delta names an item this response never announced',
    event,
    sequenceNumber: event,
    outputIndex: 1,
    itemId: null,
    expected: 'an announced id',
    actual: null,
    related: [],
    hop: 'bridge',
    knownIssues: [],
  };
}
