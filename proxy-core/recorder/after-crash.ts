/**
 * What a bridge that died left behind: steps that never ended, deletions half done. Only for a bridge that is
 * alone on its data dir. A store that takes no writes yet is tried again, and streams never wait for it.
 */
import { isEnvironmentFault, type WritableDatabase } from './database.ts';
import { finishDeletions } from './queries/delete-session.ts';
import { interruptOrphans } from './recorder.ts';

const RETRY_MS = 2_000;

/** @returns how to give up. */
export function clearUpAfterCrash(db: WritableDatabase): () => void {
  // Later steps are this run's own.
  const last = db.prepare<[], { no: number | null }>('SELECT max(no) AS no FROM steps').get()?.no ?? 0;
  let timer: NodeJS.Timeout | undefined;

  function attempt(): void {
    try {
      interruptOrphans(db, last);
    } catch (error) {
      // Damage is found, and told, by the recorder's own writes.
      if (isEnvironmentFault(error)) timer = setTimeout(attempt, RETRY_MS).unref();
      return;
    }
    finishDeletions(db).catch(() => {
      // A fault of the disk, or the bridge has ended meanwhile: the next start takes it up again.
    });
  }

  attempt();
  return () => clearTimeout(timer);
}
