/** What part of the steps is in sight (null = fit), which steps are unfolded, whether the brush filters the table. */
import { create } from 'zustand';
import type { View } from './timeline/scale.ts';

export interface TimelineViewState {
  /** null = fit the longest open step. */
  view: View | null;
  /** Steps open besides the selected one. */
  openSteps: ReadonlySet<string>;
  /** Folded although selected. */
  foldedSteps: ReadonlySet<string>;
  /** The brush was used: the table shows what is in sight and nothing else, until all is in sight again. */
  isBrushed: boolean;
  /** Width of a plot and height of the room for all steps, as last measured. */
  plotWidth: number;
  stackRoom: number;
  setView(view: View | null): void;
  brush(view: View): void;
  clearBrush(): void;
  toggleStep(stepId: string, isOpen: boolean): void;
  reset(): void;
}

export const useTimelineView = create<TimelineViewState>()((set) => ({
  view: null,
  openSteps: new Set(),
  foldedSteps: new Set(),
  isBrushed: false,
  plotWidth: 800,
  stackRoom: 0,
  setView: (view) => set(view === null ? { view, isBrushed: false } : { view }),
  brush: (view) => set({ view, isBrushed: true }),
  clearBrush: () => set({ isBrushed: false }),
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
  reset: () => set({ view: null, isBrushed: false, openSteps: new Set(), foldedSteps: new Set() }),
}));
