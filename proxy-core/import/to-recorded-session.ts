/** A session record (of the store or of a bundle) as the importer takes it. */
import type { RecordedAttempt, RecordedSession, RecordedStep } from '../protocol/capture/recorded-session.ts';
import type { StepRecord, SessionRecord } from '../bundle/session-record.ts';

export function toRecordedSession({ session, steps }: SessionRecord): RecordedSession {
  return { title: session.title, client: session.client, steps: steps.map(toRecordedStep) };
}

export function toRecordedStep(record: StepRecord): RecordedStep {
  const { step, request, response, writes } = record;
  const isCreate = record.transport === 'websocket' || (request.method === 'POST' && /\/responses\/?(?:\?|$)/.test(request.path));
  const { status } = step;
  return {
    startedAtUs: step.startedAt,
    transport: record.transport,
    ...request,
    upstream: step.upstream,
    upstreamKind: step.upstreamKind,
    model: step.model,
    stream: step.stream,
    isResponses: isCreate,
    previousResponseId: step.previousResponseId,
    linkedBy: step.linkedBy,
    ...(record.gateway ? { gateway: toRecordedStep(record.gateway) } : {}),
    attempts: record.attempts.map((attempt) => toAttempt(attempt, record)),
    head: response && { tUs: writes[0]?.tUs ?? 0, ...response },
    writes,
    ...(record.events.length > 0 ? { causes: record.events.map(({ chunkIndex }) => chunkIndex) } : {}),
    warnings: record.warnings.map(({ code, message, param }) => ({ code, message, ...(param === null ? {} : { param }) })),
    end: {
      // What was cut off in mid-stream is told by the stream itself.
      ...(status === 'streaming' || status === 'interrupted' ? {} : { status }),
      ...(step.durationMs === null ? {} : { tUs: Math.round(step.durationMs * 1000) }),
      ...(step.responseId === null ? {} : { responseId: step.responseId }),
      responseIdAliases: step.responseIdAliases,
      error: step.error,
    },
  };
}

const CAUSES = ['end', 'reset', 'aborted', 'timeout'] as const;

function toAttempt(attempt: StepRecord['attempts'][number], { chunks }: StepRecord): RecordedAttempt {
  const { tUs, method, url, headers, body, status, responseHeaders, error } = attempt;
  const own = chunks.filter((chunk) => chunk.attempt === attempt.attempt);
  const lastUs = own.at(-1)?.tUs ?? tUs;
  const cause = CAUSES.find((one) => one === error) ?? 'reset';
  return {
    ...{ tUs, method, url, headers, body },
    response: status === null ? null : { tUs: own[0]?.tUs ?? tUs, status, headers: responseHeaders },
    chunks: own.map(({ tUs: at, bytes }) => ({ tUs: at, bytes })),
    end: error === null ? { tUs: lastUs, cause: 'end' } : { tUs: lastUs, cause, ...(cause === error ? {} : { detail: error }) },
  };
}
