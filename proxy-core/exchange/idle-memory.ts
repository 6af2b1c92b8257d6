/**
 * Gives memory back to the system when no request is running: V8 keeps what a burst of streams needed, for good
 * when nothing more happens, and the system's own view of the bridge stays at its highest point. A full
 * collection takes some 50 ms, so it is made only when nobody waits and when it is worth it.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface IdleMemory {
  /** A request has begun. */
  busy(): void;
  /** None is running any more. */
  idle(): void;
}

export interface IdleMemoryOptions {
  idleMs?: number;
  /** Resident bytes above those after the last collection from which on one is made. */
  worthBytes?: number;
  residentBytes?: () => number;
  collect?: () => void;
}

export function createIdleMemory(options: IdleMemoryOptions = {}): IdleMemory {
  const { idleMs = 1_000, worthBytes = 32 * 1024 * 1024, residentBytes = process.memoryUsage.rss, collect = collectAll } = options;
  let floorBytes = residentBytes();
  let timer: NodeJS.Timeout | undefined;

  function giveBack(): void {
    timer = undefined;
    if (residentBytes() < floorBytes + worthBytes) return;
    collect();
    floorBytes = residentBytes();
  }

  return {
    busy() {
      clearTimeout(timer);
      timer = undefined;
    },
    idle() {
      timer ??= setTimeout(giveBack, idleMs).unref();
    },
  };
}

let gc: ((options: { type: 'major'; flavor: 'last-resort' }) => void) | undefined;

/** The flavour of V8's that also lets go of free pages. */
function collectAll(): void {
  if (!gc) {
    setFlagsFromString('--expose-gc');
    gc = runInNewContext('gc') as typeof gc;
  }
  gc?.({ type: 'major', flavor: 'last-resort' });
}
