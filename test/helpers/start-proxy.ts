/** A whole bridge in this process, on a free port, with a data folder of its own; and its control API. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../proxy-core/config.ts';
import { createProxy } from '../../proxy-core/create-proxy.ts';
import type {
  ChunksPage,
  EventsPage,
  FindingsPage,
  ReadyObject,
  SessionsPage,
  SessionWithSteps,
  StepDetail,
} from '../../proxy-core/protocol/api/control-api.ts';
import type { OtelTarget } from '../../proxy-core/otel/otel-target.ts';
import type { UpstreamConfig } from '../../proxy-core/upstreams/upstream.ts';

export interface TestProxy {
  ready: ReadyObject;
  dataDir: string;
  api<T>(path: string, init?: RequestInit): Promise<T>;
  sessions(): Promise<SessionsPage>;
  session(id: string): Promise<SessionWithSteps>;
  step(id: string): Promise<StepDetail>;
  events(stepId: string): Promise<EventsPage>;
  chunks(stepId: string): Promise<ChunksPage>;
  findings(stepId: string): Promise<FindingsPage>;
  bytes(path: string): Promise<Buffer>;
  /** Stops the bridge; `keep` leaves the data folder for another one. */
  close(options?: { keep?: boolean }): Promise<void>;
}

export async function startProxy(
  options: {
    upstreams?: UpstreamConfig[];
    dataDir?: string;
    env?: NodeJS.ProcessEnv;
    otel?: OtelTarget;
    onNotice?: (line: string) => void;
    withSamples?: boolean;
  } = {},
): Promise<TestProxy> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'deltascope-test-'));
  const flags = { port: '0', dataDir, upstream: (options.upstreams ?? []).map((upstream) => JSON.stringify(upstream)) };
  const proxy = await createProxy({
    config: { ...readConfig(flags, {}, dataDir), otel: options.otel ?? null },
    env: options.env ?? { CI: 'true' },
    onNotice: options.onNotice ?? (() => undefined),
    withSamples: options.withSamples ?? false,
  });
  const ready = await proxy.listen();

  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    const reply = await fetch(`${ready.url}${path}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${ready.token}` } });
    if (!reply.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${reply.status} ${await reply.text()}`);
    return reply;
  }
  const api = async <T>(path: string, init?: RequestInit): Promise<T> => (await (await call(path, init)).json()) as T;

  return {
    ready,
    dataDir,
    api,
    sessions: () => api('/api/sessions'),
    session: (id) => api(`/api/sessions/${id}`),
    step: (id) => api(`/api/steps/${id}`),
    events: (stepId) => api(`/api/steps/${stepId}/events?limit=10000`),
    chunks: (stepId) => api(`/api/steps/${stepId}/chunks?limit=10000`),
    findings: (stepId) => api(`/api/steps/${stepId}/findings`),
    bytes: async (path) => Buffer.from(await (await call(path)).arrayBuffer()),
    async close({ keep = false } = {}) {
      await proxy.close();
      if (!keep) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
