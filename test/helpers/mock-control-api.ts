/**
 * A stand-in for the bridge's control plane, for tests of the page alone: serves a built page and canned
 * API data over real HTTP. Sessions come from real captures (when they are there) or are generated at
 * any size; a live session can be driven event by event. Findings come from the real linter.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type {
  ChunkRow,
  EventRow,
  Session,
  SessionWithSteps,
  Step,
  StepDetail,
  Verdict,
} from '../../proxy-core/protocol/api/control-api.ts';
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
export interface MockBridge {
  url: string;
  sessions: MockSession[];
  send(event: 'session' | 'step' | 'events', data: unknown): void;
  close(): Promise<void>;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
/** The policy the bridge serves the page with: whatever the page does must work under it. */
const CSP =
  "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'";

export async function startMockBridge(pageFolder: string, sessions: MockSession[]): Promise<MockBridge> {
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    void answer(request, response, { pageFolder, sessions, listeners });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    sessions,
    send(event, data) {
      for (const listener of listeners) listener.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    async close() {
      for (const listener of listeners) listener.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Site {
  pageFolder: string;
  sessions: MockSession[];
  listeners: Set<ServerResponse>;
}

async function answer(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://mock');
  const json = (value: unknown, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (!url.pathname.startsWith('/api/')) return sendFile(url.pathname, response, site.pageFolder);
  const parts = url.pathname.split('/').slice(2).map(decodeURIComponent);
  const after = Number(url.searchParams.get('after') ?? -1);
  const limit = Number(url.searchParams.get('limit') ?? 500);
  const found = site.sessions.find(({ session }) => session.id === parts[1]);
  const step = site.sessions.flatMap((entry) => entry.steps).find((entry) => entry.step.id === parts[1]);
  if (parts[0] === 'live') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': hello\n\n');
    site.listeners.add(response);
    request.on('close', () => site.listeners.delete(response));
    return;
  }
  if (parts[0] === 'info') return json(bridgeInfo());
  if (parts[0] === 'demo-runs') return json({ sessionId: site.sessions[0]?.session.id });
  if (parts[0] === 'imports') return json({ sessions: site.sessions.slice(0, 1).map(({ session }) => session.id), skipped: [] });
  if (parts[0] === 'sessions' && parts.length === 1) {
    const query = (url.searchParams.get('q') ?? '').toLowerCase();
    return json({
      sessions: site.sessions.map(({ session }) => session).filter((session) => JSON.stringify(session).toLowerCase().includes(query)),
      nextCursor: null,
    });
  }
  if (parts[0] === 'sessions' && found !== undefined) {
    if (request.method === 'DELETE') {
      site.sessions.splice(site.sessions.indexOf(found), 1);
      response.writeHead(204).end();
      return;
    }
    if (request.method === 'PATCH') {
      Object.assign(found.session, parseJson(await readBody(request)));
      return json(found.session);
    }
    const body: SessionWithSteps = { ...found.session, steps: found.steps.map((entry) => entry.step) };
    return json(body);
  }
  if (parts[0] === 'steps' && step !== undefined) {
    if (parts[2] === undefined) return json(step.detail);
    if (parts[2] === 'events') return json({ events: step.events.slice(after + 1, after + 1 + limit), total: step.events.length });
    if (parts[2] === 'chunks') return json({ chunks: step.chunks.slice(after + 1, after + 1 + limit), total: step.chunks.length });
    if (parts[2] === 'findings') return json({ findings: step.findings });
    if (parts[2] === 'verdicts') return json({ verdicts: step.verdicts });
    if (parts[2] === 'emitted') {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(step.emitted);
      return;
    }
  }
  json({ error: { message: `nothing at ${url.pathname}`, type: 'not_found', param: null, code: null } }, 404);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function sendFile(path: string, response: ServerResponse, folder: string): void {
  const file = join(folder, path === '/' ? 'index.html' : path);
  if (!file.startsWith(folder) || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': CSP });
  response.end(readFileSync(file));
}

function bridgeInfo() {
  return {
    version: '0.1.0',
    url: 'http://127.0.0.1:4141',
    apiBase: 'http://127.0.0.1:4141/v1',
    dataDir: '/home/you/.local/share/deltascope',
    upstreams: [
      { name: 'anthropic', kind: 'anthropic', baseURL: 'https://api.anthropic.com', isDefault: true, credential: 'ANTHROPIC_API_KEY' },
      {
        name: 'openai',
        kind: 'responses',
        baseURL: 'https://api.openai.com/v1',
        isDefault: false,
        credential: 'OPENAI_API_KEY is not set',
      },
      {
        name: 'gemini',
        kind: 'gemini',
        baseURL: 'https://generativelanguage.googleapis.com',
        isDefault: false,
        credential: 'GEMINI_API_KEY is not set',
      },
      { name: 'demo', kind: 'anthropic', baseURL: 'built in', isDefault: false, credential: 'built in, no key' },
    ],
    recorderTrouble: null,
  };
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
