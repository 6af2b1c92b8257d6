/** The probes of a running bridge: started from the page, followed while they run, kept as reports. */
import { invalidRequest, notFound } from '../errors.ts';
import type { RecordedSession } from '../protocol/capture/recorded-session.ts';
import type { Probe, ScenarioReport } from '../protocol/api/handover-api.ts';
import { chooseScenarios, runProbe, toEvidenceSession } from './run-probe.ts';

export interface ProbeRequest {
  baseURL: string;
  model: string;
  apiKey: string | undefined;
  scenarios: readonly string[];
  /** The server is this bridge, which records the answers itself. */
  isOwn: boolean;
  /** How long `start` waits for the end; the usual patience when it is not said. */
  waitMs?: number | undefined;
}

export interface Probes {
  /** Waits a moment for short ones: a long one goes on in the background. */
  start(request: ProbeRequest): Promise<Probe>;
  list(): Probe[];
  /** @throws ProxyError 404 */
  get(id: string): Probe;
  /** Stops it and forgets it. @throws ProxyError 404 */
  remove(id: string): void;
  close(): void;
}

export interface ProbesDeps {
  createId: (prefix: string) => string;
  /** Keeps the answers as evidence; returns the session's id. */
  keep: (session: RecordedSession) => Promise<string>;
  /** A key must be masked wherever it turns up. */
  onCredential: (credential: string) => void;
  /** Microseconds since the epoch. */
  nowUs: () => number;
}

const PATIENCE_MS = 5_000;
const MAX_PROBES = 50;

export function createProbes({ createId, keep, onCredential, nowUs }: ProbesDeps): Probes {
  const probes = new Map<string, { probe: Probe; abort: AbortController }>();

  function find(id: string): { probe: Probe; abort: AbortController } {
    const found = probes.get(id);
    if (!found) throw notFound(`There is no probe ${id}; it may have been removed, or the bridge was started anew.`);
    return found;
  }

  async function run(probe: Probe, request: ProbeRequest, signal: AbortSignal): Promise<void> {
    const onScenario = async (report: ScenarioReport, evidence: Parameters<typeof toEvidenceSession>[2]): Promise<string | null> => {
      const own = evidence.at(-1)?.responseHeaders.find(([name]) => name === 'x-deltascope-session')?.[1];
      const kept = () => (evidence.length > 0 ? keep(toEvidenceSession(report, request.baseURL, evidence)) : null);
      const sessionId = request.isOwn && own !== undefined ? own : await kept();
      probe.scenarios.push({ ...report, sessionId });
      probe.summary[report.status] += 1;
      return sessionId;
    };
    try {
      await runProbe({ ...request, signal, onScenario });
      probe.status = signal.aborted ? 'cancelled' : 'done';
    } catch (error) {
      probe.status = 'failed';
      const message = error instanceof Error ? error.message : String(error);
      probe.scenarios.push({ name: 'probe', title: 'the probe itself', status: 'fail', message, findings: [], sessionId: null });
    }
  }

  return {
    async start(request) {
      if (!URL.canParse(request.baseURL) || !/^https?:$/.test(new URL(request.baseURL).protocol)) {
        throw invalidRequest('"baseURL" must be an http or https address, as SDKs take it (ends in /v1 mostly).', 'baseURL');
      }
      if (probes.size >= MAX_PROBES) probes.delete(probes.keys().next().value as string);
      if (request.apiKey !== undefined) onCredential(request.apiKey);
      const total = chooseScenarios(request.scenarios).length;
      const { baseURL, model } = request;
      const summary = { pass: 0, fail: 0, unsupported: 0 };
      const probe: Probe = { id: createId('probe'), status: 'running', total, startedAt: nowUs(), baseURL, model, scenarios: [], summary };
      const abort = new AbortController();
      probes.set(probe.id, { probe, abort });
      const patience = new Promise<void>((resolve) => setTimeout(resolve, Math.min(request.waitMs ?? PATIENCE_MS, PATIENCE_MS)).unref());
      await Promise.race([run(probe, request, abort.signal), patience]);
      return probe;
    },
    list: () => [...probes.values()].map(({ probe }) => probe),
    get: (id) => find(id).probe,
    remove(id) {
      find(id).abort.abort();
      probes.delete(id);
    },
    close() {
      for (const { abort } of probes.values()) abort.abort();
      probes.clear();
    },
  };
}
