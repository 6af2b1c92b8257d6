/**
 * Gives an upstream up that is silent for too long: before its head as well as between two reads. While we
 * wait for a slow client, the upstream is not asked for anything, so it is not silent.
 */
import type { AbortReason } from './open-upstream.ts';

export interface IdleLimit {
  /** The upstream has spoken; from now on it is our turn. */
  pause(): void;
  /** We listen again. */
  resume(): void;
  stop(): void;
}

export function createIdleLimit(abort: AbortController, timeoutMs: number): IdleLimit {
  let isPaused = false;
  const timer = setTimeout(() => {
    if (!isPaused) abort.abort('timeout' satisfies AbortReason);
  }, timeoutMs);
  return {
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      timer.refresh();
    },
    stop: () => clearTimeout(timer),
  };
}

/** `The upstream sent nothing for 600 seconds`, to be gone on with a place or a full stop. */
export function describeSilence(timeoutMs: number): string {
  return `The upstream sent nothing for ${timeoutMs / 1000} seconds`;
}
