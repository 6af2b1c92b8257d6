/** Rows of `steps` to the Step of the control API; shared by all queries that return steps. */
import type { StepStatus } from '../../protocol/capture/tap-event.ts';
import type { GatewayCall, Step, UsageSummary } from '../../protocol/api/control-api.ts';
import { asArray, asNumber, asObject, asString, parseJson } from '../../protocol/json.ts';
import type { Usage } from '../../protocol/responses/wire.ts';

export interface StepRow {
  no: number;
  id: string;
  session_id: string;
  session_no: number;
  idx: number;
  status: StepStatus;
  started_at: number;
  first_event_us: number | null;
  duration_us: number | null;
  chunk_count: number;
  event_count: number;
  error_count: number;
  warning_count: number;
  note_count: number;
  gap_events: number;
  gap_chunks: number;
  method: string;
  path: string;
  upstream: string;
  upstream_kind: string;
  model: string | null;
  stream: number;
  previous_response_id: string | null;
  linked_by: string | null;
  http_status: number | null;
  response_id: string | null;
  response_id_aliases: string | null;
  usage: string | null;
  error: string | null;
  inner_of: string | null;
  gateway: string | null;
}

/** Without the bulky columns (headers). `s` is the sessions table, `t` the steps table. */
export const STEP_COLUMNS = `t.no, t.id, s.id AS session_id, t.session_no, t.idx, t.status, t.started_at, t.first_event_us, t.duration_us,
  t.chunk_count, t.event_count, t.error_count, t.warning_count, t.note_count, t.gap_events, t.gap_chunks, t.method, t.path, t.upstream,
  t.upstream_kind, t.model, t.stream, t.previous_response_id, t.linked_by, t.http_status, t.response_id, t.response_id_aliases, t.usage, t.error,
  t.inner_of, (SELECT json_object('stepId', g.id, 'sessionId', gs.id, 'upstream', g.upstream, 'upstreamKind', g.upstream_kind, 'model', g.model,
    'startedAt', g.started_at) FROM steps g JOIN sessions gs ON gs.no = g.session_no WHERE g.id = t.gateway_step) AS gateway`;

/** Null as well when the inner call's recording was deleted. */
function toGateway(row: StepRow): GatewayCall | null {
  if (row.gateway === null) return null;
  const inner = asObject(parseJson(row.gateway));
  const text = (key: string): string => asString(inner[key]) ?? '';
  return {
    stepId: text('stepId'),
    sessionId: text('sessionId'),
    upstream: text('upstream'),
    upstreamKind: text('upstreamKind'),
    model: asString(inner['model']) ?? null,
    offsetUs: (asNumber(inner['startedAt']) ?? row.started_at) - row.started_at,
  };
}

export function toStep(row: StepRow): Step {
  return {
    id: row.id,
    sessionId: row.session_id,
    index: row.idx,
    responseId: row.response_id,
    previousResponseId: row.previous_response_id,
    upstream: row.upstream,
    model: row.model,
    stream: row.stream === 1,
    status: row.status,
    httpStatus: row.http_status,
    startedAt: row.started_at,
    firstEventMs: row.first_event_us === null ? null : row.first_event_us / 1_000,
    durationMs: row.duration_us === null ? null : row.duration_us / 1_000,
    chunkCount: row.chunk_count,
    eventCount: row.event_count,
    findingCounts: { error: row.error_count, warning: row.warning_count, note: row.note_count },
    usage: toUsageSummary(parseUsage(row.usage)),
    responseIdAliases: asArray(row.response_id_aliases === null ? [] : parseJson(row.response_id_aliases)).flatMap(
      (id) => asString(id) ?? [],
    ),
    upstreamKind: row.upstream_kind,
    method: row.method,
    path: row.path,
    linkedBy: row.linked_by,
    error: row.error,
    gap: row.gap_events + row.gap_chunks > 0 ? { events: row.gap_events, chunks: row.gap_chunks } : null,
    innerOf: row.inner_of,
    gateway: toGateway(row),
  };
}

export function parseUsage(text: string | null): Usage | null {
  if (text === null) return null;
  const usage = asObject(parseJson(text));
  const inputTokens = asNumber(usage['input_tokens']) ?? 0;
  const outputTokens = asNumber(usage['output_tokens']) ?? 0;
  const input = asObject(usage['input_tokens_details']);
  const output = asObject(usage['output_tokens_details']);
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: asNumber(input['cached_tokens']) ?? 0,
      cache_write_tokens: asNumber(input['cache_write_tokens']) ?? 0,
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: asNumber(output['reasoning_tokens']) ?? 0 },
    total_tokens: asNumber(usage['total_tokens']) ?? inputTokens + outputTokens,
  };
}

export function toUsageSummary(usage: Usage | null): UsageSummary | null {
  if (usage === null) return null;
  return {
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    totalTokens: usage.total_tokens,
    cachedTokens: usage.input_tokens_details.cached_tokens,
    reasoningTokens: usage.output_tokens_details.reasoning_tokens,
  };
}
