/**
 * The session on screen: its steps, and one track of columns per step, filled in the background in step
 * order and topped up while a stream runs. Views read tracks and redraw on `version`.
 */
import { create } from 'zustand';
import type { SessionWithSteps, Step, StepDetail, Verdict } from '../../proxy-core/protocol/api/control-api.ts';
import { control, ControlError } from '../services/control-client.ts';
import { buildIdRegistry, EMPTY_REGISTRY, type IdRegistry } from './id-registry.ts';
import { useSelection } from './selection.ts';
import { noteRequestIds } from './request-ids.ts';
import { loadTrack, topUpTrack, type TrackLoader } from './track-loader.ts';
import { createStepTrack, setGateway, type StepTrack } from './step-track.ts';

export interface SessionState {
  sessionId: string | null;
  session: SessionWithSteps | null;
  error: string | null;
  tracks: Map<string, StepTrack>;
  details: Map<string, StepDetail>;
  verdicts: Map<string, Verdict[] | 'unavailable'>;
  registry: IdRegistry;
  /** Grows whenever any track changed. */
  version: number;
  isLoading: boolean;
  open(sessionId: string | null): Promise<void>;
  refresh(): Promise<void>;
  upsertStep(step: Step): void;
  noteTotal(stepId: string, total: number): void;
  loadVerdicts(stepId: string): Promise<void>;
  runVerdicts(stepId: string): Promise<void>;
}

let loader: TrackLoader | null = null;
const STEPS_AT_ONCE = 3;
let isFlushPlanned = false;
let lastFlushMs = 0;
/** Drawing takes some milliseconds: what comes in pieces is shown ten times a second, a big session four times. */
const FLUSH_MS = 100;
const BIG_SESSION = 20_000;
const BIG_FLUSH_MS = 250;

/** Many pages and live messages, one redraw; the first one after a pause in the next frame. */
function planFlush(): void {
  if (isFlushPlanned) return;
  isFlushPlanned = true;
  const count = tracksInOrder(useSession.getState()).reduce((sum, track) => sum + track.count, 0);
  const waitMs = lastFlushMs + (count > BIG_SESSION ? BIG_FLUSH_MS : FLUSH_MS) - performance.now();
  const schedule = waitMs <= 0 ? requestAnimationFrame : (flush: () => void) => setTimeout(flush, waitMs);
  schedule(() => {
    isFlushPlanned = false;
    lastFlushMs = performance.now();
    useSession.setState((state) => ({ version: state.version + 1, registry: buildIdRegistry(tracksInOrder(state), state.registry) }));
  });
}

export function tracksInOrder(state: Pick<SessionState, 'session' | 'tracks'>): StepTrack[] {
  return (state.session?.steps ?? []).flatMap((step) => state.tracks.get(step.id) ?? []);
}

/** The step's track, made when it is new: every step of the session has one from the start. */
function trackOf(step: Step, tracks: Map<string, StepTrack>): StepTrack {
  const track = tracks.get(step.id) ?? createStepTrack(step.id);
  track.total = Math.max(track.total, step.eventCount);
  tracks.set(step.id, track);
  noteStep(track, step);
  return track;
}

/** What a step says that is no event. */
function noteStep(track: StepTrack, { gateway, findingCounts: { error, warning, note } }: Step): void {
  setGateway(track, gateway ?? null);
  track.findingTotal = error + warning + note;
}

async function loadStep(step: Step, mine: TrackLoader, get: () => SessionState): Promise<void> {
  const track = trackOf(step, get().tracks);
  await loadTrack(track, mine, planFlush);
  try {
    const detail = await control.step(step.id);
    if (mine.isCancelled) return;
    get().details.set(step.id, detail);
    noteRequestIds(track, detail);
    planFlush();
  } catch (error) {
    if (error instanceof ControlError && error.status === 404) return; // deleted meanwhile
    throw error;
  }
}

/** What comes before the step on screen is read first when it is little: ids have their colours by first appearance. */
const FEW_STEPS = 4;
const FEW_EVENTS = 2000;

/** The step on screen first, then the others from the front, a few at a time. */
async function loadSteps(steps: readonly Step[], mine: TrackLoader, get: () => SessionState): Promise<void> {
  const loadAll = async (wanted: readonly Step[]): Promise<void> => {
    const queue = [...wanted];
    const work = async (): Promise<void> => {
      for (let step = queue.shift(); step !== undefined && !mine.isCancelled; step = queue.shift()) await loadStep(step, mine, get);
    };
    await Promise.all(Array.from({ length: STEPS_AT_ONCE }, work));
  };
  const at = useSelection.getState().step ?? 0;
  const before = steps.slice(0, at);
  const isLittle = before.length <= FEW_STEPS && before.reduce((sum, step) => sum + step.eventCount, 0) <= FEW_EVENTS;
  if (isLittle) await loadAll(before);
  await loadAll(steps.slice(at, at + 1));
  await loadAll(isLittle ? steps.slice(at + 1) : [...before, ...steps.slice(at + 1)]);
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const useSession = create<SessionState>()((set, get) => ({
  sessionId: null,
  session: null,
  error: null,
  tracks: new Map(),
  details: new Map(),
  verdicts: new Map(),
  registry: EMPTY_REGISTRY,
  version: 0,
  isLoading: false,
  async open(sessionId) {
    if (get().sessionId === sessionId) return;
    loader?.cancel();
    set({
      sessionId,
      session: null,
      error: null,
      tracks: new Map(),
      details: new Map(),
      verdicts: new Map(),
      registry: EMPTY_REGISTRY,
      isLoading: sessionId !== null,
    });
    if (sessionId !== null) await get().refresh();
  },
  async refresh() {
    const sessionId = get().sessionId;
    if (sessionId === null) return;
    const controller = new AbortController();
    const mine: TrackLoader = { isCancelled: false, signal: controller.signal, cancel: () => undefined };
    mine.cancel = () => {
      mine.isCancelled = true;
      controller.abort();
    };
    loader?.cancel();
    loader = mine;
    try {
      const session = await control.session(sessionId);
      if (mine.isCancelled) return;
      for (const step of session.steps) trackOf(step, get().tracks);
      set({ session, error: null });
      await loadSteps(session.steps, mine, get);
      if (!mine.isCancelled) set({ isLoading: false });
    } catch (error) {
      if (!mine.isCancelled) set({ error: message(error), isLoading: false });
    }
  },
  upsertStep(step) {
    const session = get().session;
    if (session === null || step.sessionId !== session.id) return;
    const known = session.steps.find((entry) => entry.id === step.id);
    const steps =
      known === undefined
        ? [...session.steps, step].sort((a, b) => a.index - b.index)
        : session.steps.map((entry) => (entry.id === step.id ? step : entry));
    set({ session: { ...session, steps } });
    const mine = loader;
    if (mine === null) return;
    const hasEnded = step.status !== 'streaming' && known?.status !== step.status;
    const track = get().tracks.get(step.id);
    if (track !== undefined) noteStep(track, step);
    // the calls of a gateway become known a little later than the step's own end
    const isRelinked = known !== undefined && known.gateway?.stepId !== step.gateway?.stepId;
    if (track === undefined || hasEnded || isRelinked)
      void loadStep(step, mine, get).catch((error: unknown) => set({ error: message(error) }));
    else topUpTrack(track, Math.max(track.total, step.eventCount), mine, planFlush);
  },
  noteTotal(stepId, total) {
    const track = get().tracks.get(stepId);
    if (track !== undefined && loader !== null) topUpTrack(track, total, loader, planFlush);
  },
  async loadVerdicts(stepId) {
    if (get().verdicts.has(stepId)) return;
    try {
      const { verdicts } = await control.verdicts(stepId);
      set((state) => ({ verdicts: new Map(state.verdicts).set(stepId, verdicts) }));
    } catch {
      // an older bridge has no verdicts: the panel says so instead of failing
      set((state) => ({ verdicts: new Map(state.verdicts).set(stepId, 'unavailable') }));
    }
  },
  async runVerdicts(stepId) {
    const { verdicts } = await control.runVerdicts(stepId);
    set((state) => ({ verdicts: new Map(state.verdicts).set(stepId, verdicts) }));
  },
}));
