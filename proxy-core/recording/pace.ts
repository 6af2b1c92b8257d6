/**
 * How fast upstreams are read: no faster than the recording thread writes, or the record would lag behind ever more,
 * and lose what finds no room. Streams wait for a thread that moves, a moment; for one that hangs nobody waits.
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
/** A thread that says nothing for so long hangs (on a disk, mostly), until it moves again. */
const HANGS_MS = 200;

export function createPace(): Pace {
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isMuch = false;
  let hangs = false;
  let isClosed = false;

  function watch(): void {
    timer ??= setTimeout(() => {
      hangs = true;
      goOn();
    }, HANGS_MS).unref();
  }

  function stopWatching(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  function goOn(): void {
    stopWatching();
    const gone = waiting;
    waiting = [];
    for (const resolve of gone) resolve();
  }

  return {
    wait() {
      if (!isMuch || hangs || isClosed) return undefined;
      watch();
      return new Promise((resolve) => void waiting.push(resolve));
    },
    sent(bytesOnTheWay) {
      isMuch = bytesOnTheWay >= MUCH_BYTES;
    },
    moved(bytesOnTheWay) {
      isMuch = bytesOnTheWay >= MUCH_BYTES;
      hangs = false;
      stopWatching();
      if (!isMuch) goOn();
      else if (waiting.length > 0) watch();
    },
    close() {
      isClosed = true;
      goOn();
    },
  };
}
