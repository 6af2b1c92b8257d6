/** What part of the steps is in sight (null = fit), which steps are unfolded, what the brush filters. */
import { create } from 'zustand';
import type { View } from './timeline/scale.ts';

export interface TimelineViewState {
  /** null = fit the longest open step. */
  view: View | null;
  /** Steps open besides the selected one. */
  openSteps: ReadonlySet<string>;
  /** Folded although selected. */
  foldedSteps: ReadonlySet<string>;
  /** The brush's range, in units of the current mode; filters the table. */
  range: { from: number; to: number } | null;
  setView(view: View | null): void;
  setRange(range: { from: number; to: number } | null): void;
  toggleStep(stepId: string, isOpen: boolean): void;
  reset(): void;
}

export const useTimelineView = create<TimelineViewState>()((set) => ({
  view: null,
  openSteps: new Set(),
  foldedSteps: new Set(),
  range: null,
  setView: (view) => set(view === null ? { view, range: null } : { view }),
  setRange: (range) => set({ range }),
  toggleStep: (stepId, isOpen) =>
    set((state) => {
      const openSteps = new Set(state.openSteps);
      const foldedSteps = new Set(state.foldedSteps);
      if (isOpen) {
        openSteps.add(stepId);
        foldedSteps.delete(stepId);
      } else {
        openSteps.delete(stepId);
        foldedSteps.add(stepId);
      }
      return { openSteps, foldedSteps };
    }),
  reset: () => set({ view: null, range: null, openSteps: new Set(), foldedSteps: new Set() }),
}));
