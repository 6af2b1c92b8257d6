/**
 * The probe page: what to ask of which server, how far it is, the report, and another one beside it. The key
 * lives here and nowhere else: it is sent with the start, and never stored or saved.
 */
import { create } from 'zustand';
import type { Probe, ProbeReport, ProbeScenario } from '../../../proxy-core/protocol/api/handover-api.ts';
import { asArray, asObject, asString, isObject, parseJson } from '../../../proxy-core/protocol/json.ts';
import { isProbeReport } from '../../../proxy-core/protocol/probe/compare-reports.ts';
import { handover } from '../../services/handover-client.ts';

/** A report and where it came from, as readers name it. */
export interface NamedReport {
  title: string;
  report: ProbeReport;
}

export interface ProbeState {
  baseURL: string;
  /** One of this bridge's own upstreams instead of an address. */
  upstream: string;
  model: string;
  apiKey: string;
  scenarios: ProbeScenario[];
  chosen: ReadonlySet<string>;
  probe: Probe | null;
  /** Loaded from a file, or an earlier probe: shown when no probe is. */
  loaded: NamedReport | null;
  against: NamedReport | null;
  /** Probes of this bridge that ended earlier. */
  earlier: Probe[];
  isStarting: boolean;
  error: string | null;
  change(change: Partial<Pick<ProbeState, 'baseURL' | 'upstream' | 'model' | 'apiKey' | 'against' | 'loaded'>>): void;
  toggle(scenario: string): void;
  toggleAll(): void;
  load(): Promise<void>;
  start(): Promise<void>;
  cancel(): Promise<void>;
  /** A report out of a file's text. @throws Error with a sentence when it is none. */
  read(name: string, text: string): NamedReport;
  fail(error: unknown): void;
}

const POLL_MS = 500;
let timer: ReturnType<typeof setTimeout> | undefined;

export const useProbe = create<ProbeState>()((set, get) => ({
  baseURL: '',
  upstream: '',
  model: '',
  apiKey: '',
  scenarios: [],
  chosen: new Set(),
  probe: null,
  loaded: null,
  against: null,
  earlier: [],
  isStarting: false,
  error: null,
  change(change) {
    set({ ...change, error: null });
  },
  toggle(scenario) {
    const chosen = new Set(get().chosen);
    if (!chosen.delete(scenario)) chosen.add(scenario);
    set({ chosen });
  },
  toggleAll() {
    const { chosen, scenarios } = get();
    set({ chosen: chosen.size === scenarios.length ? new Set() : new Set(scenarios.map(({ name }) => name)) });
  },
  async load() {
    try {
      const { probes, scenarios } = await handover.probes();
      const isFirst = get().scenarios.length === 0;
      set({ scenarios, earlier: probes.filter(({ status }) => status !== 'running') });
      if (isFirst) set({ chosen: new Set(scenarios.map(({ name }) => name)) });
      const running = probes.find(({ status }) => status === 'running');
      if (running !== undefined && get().probe === null) follow(running);
    } catch (error) {
      get().fail(error);
    }
  },
  async start() {
    const { baseURL, upstream, model, apiKey, chosen } = get();
    set({ isStarting: true, error: null, loaded: null });
    try {
      const target = upstream === '' ? { baseURL: baseURL.trim() } : { upstream };
      const key = apiKey === '' || upstream !== '' ? {} : { apiKey };
      follow(await handover.startProbe({ ...target, ...key, model: model.trim(), scenarios: [...chosen] }));
    } catch (error) {
      get().fail(error);
    } finally {
      set({ isStarting: false });
    }
  },
  async cancel() {
    const { probe } = get();
    clearTimeout(timer);
    if (probe === null) return;
    set({ probe: { ...probe, status: 'cancelled' } });
    try {
      await handover.removeProbe(probe.id);
    } catch (error) {
      get().fail(error);
    }
  },
  read(name, text) {
    const value = parseJson(text);
    if (!isProbeReport(value)) throw new Error(`${name} is no probe report: it has no list of scenarios.`);
    return { title: name, report: toReport(value) };
  },
  fail(error) {
    set({ error: error instanceof Error ? error.message : String(error) });
  },
}));

function follow(probe: Probe): void {
  useProbe.setState({ probe });
  clearTimeout(timer);
  if (probe.status !== 'running') {
    void useProbe.getState().load();
    return;
  }
  timer = setTimeout(() => {
    handover.probe(probe.id).then(
      (now) => {
        // an answer that was under way when it was cancelled comes too late
        const shown = useProbe.getState().probe;
        if (shown?.id === now.id && shown.status === 'running') follow(now);
      },
      (error: unknown) => useProbe.getState().fail(error),
    );
  }, POLL_MS);
}

/** Files of strangers are read leniently: what is not there is empty. */
function toReport(value: object): ProbeReport {
  const json = asObject(value);
  const scenarios = asArray(json['scenarios']).map(asObject);
  const summary = { pass: 0, fail: 0, unsupported: 0 };
  const rows = scenarios.map((row): ProbeReport['scenarios'][number] => {
    const status = row['status'] === 'pass' || row['status'] === 'unsupported' ? row['status'] : 'fail';
    summary[status] += 1;
    return {
      name: asString(row['name']) ?? '',
      title: asString(row['title']) ?? '',
      status,
      message: asString(row['message']) ?? '',
      findings: asArray(row['findings']).filter(isObject) as unknown as ProbeReport['scenarios'][number]['findings'],
      sessionId: asString(row['sessionId']) ?? null,
    };
  });
  return { baseURL: asString(json['baseURL']) ?? '', model: asString(json['model']) ?? '', scenarios: rows, summary };
}

/** What is saved: the command line's report, nothing of this bridge. */
export function toReportFile({ baseURL, model, scenarios, summary }: ProbeReport): string {
  return `${JSON.stringify({ baseURL, model, scenarios, summary }, null, 2)}\n`;
}
