/** Lets others wait for news of one step. An observer of taps; nothing is kept of steps that nobody waits for. */
import type { Observer } from '../protocol/capture/tap-event.ts';

export interface StepWatch {
  observe: Observer;
  /** Settles with the step's next write or its end, or when `signal` is aborted. */
  next(stepId: string, signal: AbortSignal): Promise<void>;
}

export function createStepWatch(): StepWatch {
  const waiting = new Map<string, Set<() => void>>();
  return {
    observe(event) {
      if (waiting.size === 0 || (event.type !== 'client.write' && event.type !== 'step.ended')) return;
      const readers = waiting.get(event.stepId);
      waiting.delete(event.stepId);
      for (const wake of readers ?? []) wake();
    },
    next(stepId, signal) {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const readers = waiting.get(stepId) ?? new Set();
        waiting.set(stepId, readers);
        const wake = () => {
          readers.delete(wake);
          if (readers.size === 0 && waiting.get(stepId) === readers) waiting.delete(stepId);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        readers.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    },
  };
}
