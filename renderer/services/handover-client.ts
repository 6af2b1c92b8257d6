/** The calls of `/api` for what is done with a recorded session; types in protocol/api/handover-api.ts. */
import type {
  OriginalFile,
  Probe,
  ProbeScenario,
  RedactMode,
  RepairPreview,
  Replay,
  ReplayMode,
  ReplaysList,
  ReproLine,
  StepComparison,
} from '../../proxy-core/protocol/api/handover-api.ts';
import { isObject, parseJson } from '../../proxy-core/protocol/json.ts';
import { call, get, post } from './control-client.ts';

export interface ReplayStart {
  mode: ReplayMode;
  speed: 'original' | 'max' | number;
  upstream?: string;
}

export interface ProbeStart {
  baseURL?: string;
  upstream?: string;
  model: string;
  apiKey?: string;
  scenarios: readonly string[];
}

const id = encodeURIComponent;

async function blobOf(path: string, signal: AbortSignal): Promise<Blob> {
  return (await call(path, { signal })).blob();
}
async function remove(path: string): Promise<void> {
  await call(path, { method: 'DELETE' });
}

export const handover = {
  bundle: (sessionId: string, redact: RedactMode, signal: AbortSignal) =>
    blobOf(`/sessions/${id(sessionId)}/bundle?redact=${redact}`, signal),
  export: (sessionId: string, format: 'har' | 'jsonl', { redact, signal }: { redact: RedactMode; signal: AbortSignal }) =>
    blobOf(`/sessions/${id(sessionId)}/export?format=${format}&redact=${redact}`, signal),
  original: (sessionId: string, file: string, signal: AbortSignal) =>
    get<OriginalFile>(`/sessions/${id(sessionId)}/bundle/original?file=${id(file)}`, signal),
  /** Answered at once; the progress is asked for. */
  startReplay: (sessionId: string, start: ReplayStart) => post<Replay>(`/sessions/${id(sessionId)}/replays`, { ...start, waitMs: 0 }),
  replays: () => get<ReplaysList>('/replays'),
  removeReplay: (replayId: string) => remove(`/replays/${id(replayId)}`),
  compare: (left: string, right: string, signal: AbortSignal) =>
    get<StepComparison>(`/diff?left=${id(left)}&right=${id(right)}&rows=1`, signal),
  repair: (stepId: string, signal: AbortSignal) => get<RepairPreview>(`/steps/${id(stepId)}/repair`, signal),
  repaired: (stepId: string, signal: AbortSignal) => blobOf(`/steps/${id(stepId)}/repaired`, signal),
  probes: () => get<{ probes: Probe[]; scenarios: ProbeScenario[] }>('/probes'),
  startProbe: (start: ProbeStart) => post<Probe>('/probes', { ...start, waitMs: 0 }),
  probe: (probeId: string) => get<Probe>(`/probes/${id(probeId)}`),
  removeProbe: (probeId: string) => remove(`/probes/${id(probeId)}`),
  /** Tells line by line how far it is; settles after the last one. */
  async repro(stepId: string, what: { rule: string } | { client: string }, on: { line: (line: ReproLine) => void; signal: AbortSignal }) {
    const response = await call(`/steps/${id(stepId)}/repro`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
      body: JSON.stringify(what),
      signal: on.signal,
    });
    for await (const text of linesOf(response)) {
      const line = parseJson(text);
      if (isObject(line)) on.line(line as unknown as ReproLine);
    }
  },
};

async function* linesOf(response: Response): AsyncGenerator<string> {
  const reader = (response.body ?? new Blob([]).stream()).pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (rest + read.value).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}
