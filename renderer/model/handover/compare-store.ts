/** The comparison on screen: loaded for a pair of sides, kept until another pair is asked for. */
import { create } from 'zustand';
import { REPAIRED, type RepairPreview, type StepComparison } from '../../../proxy-core/protocol/api/handover-api.ts';
import { handover } from '../../services/handover-client.ts';

export interface CompareState {
  left: string | null;
  right: string | null;
  comparison: StepComparison | null;
  /** What repair says, when the right side is a repaired stream. */
  repair: RepairPreview | null;
  error: string | null;
  isLoading: boolean;
  isOnlyDifferent: boolean;
  selected: number | null;
  load(left: string, right: string): Promise<void>;
  clear(): void;
  select(row: number | null): void;
  setOnlyDifferent(isOnlyDifferent: boolean): void;
}

let running = new AbortController();

export const useCompare = create<CompareState>()((set) => ({
  left: null,
  right: null,
  comparison: null,
  repair: null,
  error: null,
  isLoading: false,
  isOnlyDifferent: false,
  selected: null,
  async load(left, right) {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    set({ left, right, comparison: null, repair: null, error: null, isLoading: true, selected: null });
    try {
      const repairing = right.startsWith(REPAIRED) ? handover.repair(right.slice(REPAIRED.length), signal) : null;
      const [comparison, repair] = await Promise.all([handover.compare(left, right, signal), repairing]);
      if (signal.aborted) return;
      const first = comparison.rows.findIndex(({ kind }) => kind !== 'equal');
      set({ comparison, repair, isLoading: false, selected: first < 0 ? null : first, isOnlyDifferent: false });
    } catch (error) {
      if (!signal.aborted) set({ error: error instanceof Error ? error.message : String(error), isLoading: false });
    }
  },
  clear() {
    running.abort();
    set({ left: null, right: null, comparison: null, repair: null, error: null, isLoading: false, selected: null });
  },
  select(selected) {
    set({ selected });
  },
  setOnlyDifferent(isOnlyDifferent) {
    set({ isOnlyDifferent });
  },
}));
