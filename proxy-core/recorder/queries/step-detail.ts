/** One step with everything but its stream: the requests on both sides, the answer's head, warnings, findings. */
import type { RecordedMessage, Step, StepDetail } from '../../protocol/api/control-api.ts';
import { asArray, isObject, parseJson } from '../../protocol/json.ts';
import type { Finding } from '../../protocol/lint/finding.ts';
import { createBlobStore } from '../../storage/blob-store.ts';
import type { ReadableDatabase } from '../database.ts';
import { STEP_COLUMNS, type StepRow, toStep } from './step-rows.ts';
import { createStreamQueries } from './streams.ts';

export interface StepQueries {
  get(id: string): Step | undefined;
  detail(id: string): StepDetail | undefined;
  findings(id: string): Finding[] | undefined;
  /** The request bodies byte for byte: the client's, and the upstream's per attempt. */
  requestBytes(id: string): { client: Uint8Array; upstream: { attempt: number; bytes: Uint8Array }[] } | undefined;
}

interface DetailRow extends StepRow {
  transport: 'http' | 'websocket';
  headers: string;
  body_no: number | null;
  response_headers: string | null;
}
interface AttemptRow {
  attempt: number;
  t_us: number;
  method: string;
  url: string;
  headers: string;
  body_no: number | null;
  status: number | null;
  response_headers: string | null;
  end_cause: string | null;
  end_detail: string | null;
}

export function createStepQueries(db: ReadableDatabase): StepQueries {
  const from = 'FROM steps t JOIN sessions s ON s.no = t.session_no WHERE t.id = ?';
  const getStep = db.prepare<[string], StepRow>(`SELECT ${STEP_COLUMNS} ${from}`);
  const getDetail = db.prepare<[string], DetailRow>(
    `SELECT ${STEP_COLUMNS}, t.transport, t.headers, t.body_no, t.response_headers ${from}`,
  );
  const blobs = createBlobStore(db);
  const getBody = db.prepare<[number], { codec: number; bytes: Uint8Array }>('SELECT codec, bytes FROM bodies WHERE no = ?');
  const getAttempts = db.prepare<[number], AttemptRow>('SELECT * FROM attempts WHERE step_no = ? ORDER BY attempt');
  const getWarnings = db.prepare<[number], { code: string; message: string; param: string | null }>(
    'SELECT code, message, param FROM warnings WHERE step_no = ? ORDER BY seq',
  );
  const getFindings = db.prepare<[number], { finding: string }>('SELECT finding FROM findings WHERE step_no = ? ORDER BY no');
  const getInner = db.prepare<[string], StepRow>(
    `SELECT ${STEP_COLUMNS} FROM steps t JOIN sessions s ON s.no = t.session_no WHERE t.inner_of = ? ORDER BY t.started_at, t.no`,
  );
  const streams = createStreamQueries(db);

  function bodyBytes(no: number | null): Uint8Array {
    const row = no === null ? undefined : getBody.get(no);
    return row ? blobs.unpackBody(row) : new Uint8Array();
  }

  function message(headers: string, bodyNo: number | null): RecordedMessage {
    return { headers: toHeaders(headers), body: toBody(bodyBytes(bodyNo)) };
  }

  function detail(id: string): StepDetail | undefined {
    const row = getDetail.get(id);
    if (!row) return undefined;
    return {
      ...toStep(row),
      transport: row.transport,
      request: { method: row.method, path: row.path, ...message(row.headers, row.body_no) },
      upstreamRequests: getAttempts.all(row.no).map((attempt) => ({
        attempt: attempt.attempt,
        method: attempt.method,
        url: attempt.url,
        tUs: attempt.t_us,
        ...message(attempt.headers, attempt.body_no),
        status: attempt.status,
        responseHeaders: toHeaders(attempt.response_headers),
        error: attempt.end_cause === null || attempt.end_cause === 'end' ? null : (attempt.end_detail ?? attempt.end_cause),
      })),
      response: response(row),
      warnings: getWarnings.all(row.no),
      innerSteps: getInner.all(row.id).map(toStep),
    };
  }

  /** The body of a stream is its last response object: the whole of it is at /emitted and /events. */
  function response(row: DetailRow): StepDetail['response'] {
    if (row.http_status === null || row.response_headers === null) return null;
    const headers = toHeaders(row.response_headers);
    if (row.event_count === 0) return { status: row.http_status, headers, body: toBody(streams.emitted(row.id) ?? new Uint8Array()) };
    const last = streams.events(row.id, { after: row.event_count - 2, limit: 1 })?.events[0]?.data;
    return { status: row.http_status, headers, body: (isObject(last) ? last['response'] : undefined) ?? null };
  }

  return {
    detail,
    get(id) {
      const row = getStep.get(id);
      return row && toStep(row);
    },
    findings(id) {
      const row = getStep.get(id);
      return row && getFindings.all(row.no).map(({ finding }) => parseJson(finding) as Finding);
    },
    requestBytes(id) {
      const row = getDetail.get(id);
      if (!row) return undefined;
      const upstream = getAttempts.all(row.no).map(({ attempt, body_no }) => ({ attempt, bytes: bodyBytes(body_no) }));
      return { client: bodyBytes(row.body_no), upstream };
    },
  };
}

function toHeaders(text: string | null): [string, string][] {
  return text === null ? [] : (asArray(parseJson(text)) as [string, string][]);
}

function toBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return null;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const parsed = parseJson(text);
  return parsed === undefined ? text : parsed;
}
