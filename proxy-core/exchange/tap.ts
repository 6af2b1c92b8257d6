/**
 * Where the exchange shows what happens. Observers (recorder, live linter, live feed) are called one
 * after another and can neither steer nor break it: a throw is caught, counted and told to `onTrouble`.
 */
import type { Observer, TapEvent } from '../protocol/capture/tap-event.ts';

export interface Tap {
  emit(event: TapEvent): void;
  /**
   * To be asked before more is read from an upstream. A promise when the observers lag behind: it settles when they
   * have caught up, or after a moment.
   */
  pace?(): Promise<void> | undefined;
  /** How many observer calls have thrown so far. */
  readonly faults: number;
}

export function createTap(observers: readonly Observer[], onTrouble: (error: unknown) => void, pace?: Tap['pace']): Tap {
  let faults = 0;
  function emit(event: TapEvent): void {
    for (const observe of observers) {
      try {
        observe(event);
      } catch (error) {
        faults += 1;
        onTrouble(error);
      }
    }
  }
  return {
    emit,
    ...(pace ? { pace } : {}),
    get faults() {
      return faults;
    },
  };
}
