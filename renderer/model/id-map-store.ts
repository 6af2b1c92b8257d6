/** What a reader has set up in the id map: kept while other views are shown, forgotten with the session. */
import { create } from 'zustand';

export interface IdMapState {
  filter: string;
  openSteps: ReadonlySet<number>;
  selectedKey: string | null;
  /** In a narrow window the verdicts take the map's place. */
  isShowingClients: boolean;
  /** The client whose whole message is shown. */
  client: string | null;
  set(change: Partial<Omit<IdMapState, 'set' | 'toggleStep' | 'reset'>>): void;
  toggleStep(step: number): void;
  reset(): void;
}

const FRESH = { filter: '', openSteps: new Set([0]), selectedKey: null, isShowingClients: false, client: null };

export const useIdMap = create<IdMapState>()((set) => ({
  ...FRESH,
  set,
  toggleStep: (step) =>
    set((state) => {
      const openSteps = new Set(state.openSteps);
      if (!openSteps.delete(step)) openSteps.add(step);
      return { openSteps };
    }),
  reset: () => set(FRESH),
}));
