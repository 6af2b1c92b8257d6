/** A minimal repro in the making: of one step, for a rule or a client; stopped when the dialog closes. */
import { create } from 'zustand';
import type { ReproLine, ReproResult } from '../../../proxy-core/protocol/api/handover-api.ts';
import { handover } from '../../services/handover-client.ts';
import { useUi } from '../ui-store.ts';

/** `rule item-id-announced` or `client ai6`. */
export interface ReproTarget {
  kind: 'rule' | 'client';
  name: string;
}

export interface ReproState {
  stepId: string | null;
  target: ReproTarget | null;
  phase: 'choosing' | 'running' | 'done' | 'error';
  progress: { left: number; total: number; tries: number } | null;
  result: ReproResult | null;
  error: string | null;
  /** Opens the dialog; the target is chosen beforehand, or by the reader. */
  open(stepId: string, target: ReproTarget | null): void;
  choose(target: ReproTarget): void;
  run(): Promise<void>;
  cancel(): void;
}

let running = new AbortController();
const IDLE = { phase: 'choosing', progress: null, result: null, error: null } as const;

export const useRepro = create<ReproState>()((set, get) => ({
  stepId: null,
  target: null,
  ...IDLE,
  open(stepId, target) {
    running.abort();
    set({ stepId, target, ...IDLE });
    useUi.getState().set({ dialog: 'repro' });
  },
  choose(target) {
    running.abort();
    set({ target, ...IDLE });
  },
  async run() {
    const { stepId, target } = get();
    if (stepId === null || target === null) return;
    running.abort();
    running = new AbortController();
    const { signal } = running;
    set({ ...IDLE, phase: 'running' });
    const line = (told: ReproLine): void => {
      if (signal.aborted) return;
      if (told.type === 'progress') set({ progress: told });
      else if (told.type === 'result') set({ phase: 'done', result: told.result });
      else set({ phase: 'error', error: told.message });
    };
    try {
      await handover.repro(stepId, target.kind === 'rule' ? { rule: target.name } : { client: target.name }, { line, signal });
      if (!signal.aborted && get().phase === 'running') set({ phase: 'error', error: 'The bridge stopped before it was through.' });
    } catch (error) {
      if (!signal.aborted) set({ phase: 'error', error: error instanceof Error ? error.message : String(error) });
    }
  },
  cancel() {
    running.abort();
    set(IDLE);
  },
}));
