/**
 * The page's only way to the bridge: same-origin `/api`, with the HttpOnly cookie that the first visit
 * (`?token=`) set. Answers are typed by protocol/api; a failed call is a `ControlError` with a sentence.
 */
import type {
  BridgeInfo,
  ChunksPage,
  EventsPage,
  FindingsPage,
  SessionsPage,
  SessionWithSteps,
  StepDetail,
  Verdict,
  VerdictsPage,
} from '../../proxy-core/protocol/api/control-api.ts';
import type { KeepLimits } from '../../proxy-core/protocol/api/keep.ts';
import { unpackChunkColumns, type ChunkColumns } from '../../proxy-core/protocol/columns/chunk-columns.ts';
import { unpackEventColumns, type EventColumns } from '../../proxy-core/protocol/columns/event-columns.ts';
import { asObject, asString, parseJson } from '../../proxy-core/protocol/json.ts';

export class ControlError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

/** @throws ControlError with the bridge's own sentence. */
export async function call(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api${path}`, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ControlError(0, 'The bridge does not answer. Is it still running?');
  }
  if (response.ok) return response;
  const body = asObject(parseJson(await response.text()));
  const message = asString(asObject(body['error'])['message']) ?? asString(body['message']);
  throw new ControlError(response.status, message ?? `The bridge answered ${response.status} to ${path}.`);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await call(path, signal === undefined ? {} : { signal });
  return (await response.json()) as T;
}

const decoder = new TextDecoder();

async function getPage<T>(
  path: string,
  unpack: (page: ArrayBuffer, fromUtf8: (bytes: Uint8Array) => string) => T,
  signal: AbortSignal,
): Promise<T> {
  const response = await call(path, { signal });
  return unpack(await response.arrayBuffer(), (bytes) => decoder.decode(bytes));
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return (await response.json()) as T;
}

const id = encodeURIComponent;

export const control = {
  info: () => get<BridgeInfo>('/info'),
  sessions: (query: string, limit: number, cursor: string | null) =>
    get<SessionsPage>(`/sessions?limit=${limit}${query === '' ? '' : `&q=${id(query)}`}${cursor === null ? '' : `&cursor=${id(cursor)}`}`),
  session: (sessionId: string) => get<SessionWithSteps>(`/sessions/${id(sessionId)}`),
  deleteSession: async (sessionId: string) => {
    await call(`/sessions/${id(sessionId)}`, { method: 'DELETE' });
  },
  /** Extension of the contract: a new title, or a pin. */
  changeSession: async (sessionId: string, change: { title?: string; pinned?: boolean }) => {
    await call(`/sessions/${id(sessionId)}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
  },
  /** Extension of the contract: how much of the past is kept; null is no limit. */
  changeKeep: async (limits: Partial<KeepLimits>) => {
    await call('/keep', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(limits) });
  },
  step: (stepId: string) => get<StepDetail>(`/steps/${id(stepId)}`),
  events: (stepId: string, after: number, limit: number, signal?: AbortSignal) =>
    get<EventsPage>(`/steps/${id(stepId)}/events?after=${after}&limit=${limit}`, signal),
  chunks: (stepId: string, after: number, limit: number, signal?: AbortSignal) =>
    get<ChunksPage>(`/steps/${id(stepId)}/chunks?after=${after}&limit=${limit}`, signal),
  /** Extension of the contract: many events, and chunks, as columns (docs/columns.md). */
  eventColumns: (stepId: string, after: number, limit: number, signal: AbortSignal): Promise<EventColumns> =>
    getPage(`/steps/${id(stepId)}/columns/events?after=${after}&limit=${limit}`, unpackEventColumns, signal),
  chunkColumns: (stepId: string, after: number, limit: number, signal: AbortSignal): Promise<ChunkColumns> =>
    getPage(`/steps/${id(stepId)}/columns/chunks?after=${after}&limit=${limit}`, unpackChunkColumns, signal),
  findings: (stepId: string) => get<FindingsPage>(`/steps/${id(stepId)}/findings`),
  verdicts: (stepId: string) => get<VerdictsPage>(`/steps/${id(stepId)}/verdicts`),
  runVerdicts: (stepId: string) => post<{ verdicts: Verdict[] }>(`/steps/${id(stepId)}/verdicts`, {}),
  emittedUrl: (stepId: string) => `/api/steps/${id(stepId)}/emitted`,
  importFile: async (file: File) => {
    const response = await call('/imports', { method: 'POST', headers: { 'x-file-name': encodeURIComponent(file.name) }, body: file });
    return (await response.json()) as { sessions: string[]; skipped: { name: string; why: string }[] };
  },
  /** Extension of the contract: plays the built-in demo through the bridge. */
  runDemo: () => post<{ sessionId?: string }>('/demo-runs', {}),
};
