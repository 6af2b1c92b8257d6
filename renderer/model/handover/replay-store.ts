/**
 * The replays of this bridge, as the page knows them: started here, followed while one runs or is served, and
 * kept when the dialog is closed meanwhile.
 */
import { create } from 'zustand';
import type { Replay, ReplayMode } from '../../../proxy-core/protocol/api/handover-api.ts';
import { handover } from '../../services/handover-client.ts';
import { useSessions } from '../sessions-store.ts';
import { useUi } from '../ui-store.ts';

export type SpeedChoice = 'original' | 'scaled' | 'max';

export interface ReplayState {
  mode: ReplayMode;
  speed: SpeedChoice;
  /** For `scaled`: 2 is twice as fast. */
  factor: number;
  /** Empty: the recorded one. */
  upstream: string;
  replays: Replay[];
  isStarting: boolean;
  error: string | null;
  change(change: Partial<Pick<ReplayState, 'mode' | 'speed' | 'factor' | 'upstream'>>): void;
  start(sessionId: string): Promise<void>;
  load(): Promise<void>;
  remove(replayId: string): Promise<void>;
  /** The dialog looks: what is served is followed, too. */
  watch(): () => void;
}

const POLL_MS = 500;
let watchers = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export const useReplays = create<ReplayState>()((set, get) => ({
  mode: 'serve',
  speed: 'original',
  factor: 10,
  upstream: '',
  replays: [],
  isStarting: false,
  error: null,
  change(change) {
    set({ ...change, error: null });
  },
  async start(sessionId) {
    const { mode, speed, factor, upstream } = get();
    set({ isStarting: true, error: null });
    try {
      const made = await handover.startReplay(sessionId, {
        mode,
        speed: speed === 'scaled' ? factor : speed,
        ...(mode === 'resend' && upstream !== '' ? { upstream } : {}),
      });
      set({ replays: [...get().replays, made] });
      planPoll();
    } catch (error) {
      set({ error: sentence(error) });
    } finally {
      set({ isStarting: false });
    }
  },
  async load() {
    try {
      const { replays } = await handover.replays();
      const known = new Map(get().replays.map((replay) => [replay.id, replay]));
      set({ replays });
      for (const replay of replays) if (known.get(replay.id)?.status === 'running') tellEnd(replay);
    } catch (error) {
      set({ error: sentence(error) });
    }
    planPoll();
  },
  async remove(replayId) {
    const { replays } = get();
    try {
      await handover.removeReplay(replayId);
      set({ replays: replays.filter(({ id }) => id !== replayId) });
    } catch (error) {
      set({ error: sentence(error) });
    }
  },
  watch() {
    watchers += 1;
    void get().load();
    return () => {
      watchers -= 1;
    };
  },
}));

/** As long as something can change that somebody waits for. */
function planPoll(): void {
  clearTimeout(timer);
  const { replays, load } = useReplays.getState();
  const isNeeded = replays.some(({ status }) => status === 'running' || (status === 'serving' && watchers > 0));
  if (isNeeded) timer = setTimeout(() => void load(), POLL_MS);
}

/** One that went on in the background says so when it is through. */
function tellEnd(replay: Replay): void {
  if (replay.status === 'running') return;
  void useSessions.getState().load();
  if (watchers > 0) return;
  const what = replay.mode === 'resend' ? 'sent again' : 'translated again';
  if (replay.status === 'done') useUi.getState().toast(`The session was ${what}: ${replay.done} of ${replay.total} steps`);
  else useUi.getState().toast(`The session was not ${what}. ${replay.notes.at(-1) ?? ''}`, 'error');
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
