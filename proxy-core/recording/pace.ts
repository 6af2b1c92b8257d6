/**
 * How fast upstreams are read: no faster than the recording thread writes, or the record would lag behind ever more,
 * and lose what finds no room. Streams wait for a thread that moves, a moment at a time; for one that hangs nobody waits.
 */
export interface Pace {
  /** A promise when too much is on its way. */
  wait(): Promise<void> | undefined;
  /** The thread has taken something; so much is still on its way. */
  moved(bytesOnTheWay: number): void;
  sent(bytesOnTheWay: number): void;
  /** Nobody is to wait any more. */
  close(): void;
}

/** More than this takes the thread longer than the record may lag behind. */
const MUCH_BYTES = 1536 * 1024;
/** So long one read waits at most; a thread that says nothing meanwhile hangs (on a disk, mostly), until it moves again. */
const WAIT_MS = 200;

export function createPace(): Pace {
  const waiting = new Set<() => void>();
  let moves = 0;
  let isMuch = false;
  let hangs = false;
  let isClosed = false;

  function goOn(): void {
    for (const resolve of waiting) resolve();
  }

  return {
    wait() {
      if (!isMuch || hangs || isClosed) return undefined;
      const movesBefore = moves;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          go();
          if (moves > movesBefore) return;
          hangs = true;
          goOn();
        }, WAIT_MS).unref();
        function go(): void {
          clearTimeout(timer);
          waiting.delete(go);
          resolve();
        }
        waiting.add(go);
      });
    },
    sent(bytesOnTheWay) {
      isMuch = bytesOnTheWay >= MUCH_BYTES;
    },
    moved(bytesOnTheWay) {
      moves += 1;
      isMuch = bytesOnTheWay >= MUCH_BYTES;
      hangs = false;
      if (!isMuch) goOn();
    },
    close() {
      isClosed = true;
      goOn();
    },
  };
}
