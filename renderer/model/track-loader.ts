/**
 * Fills a track from the bridge, page by page: events, then findings, then upstream chunks, all as columns.
 * A page is read in a few milliseconds, and the browser has its turn between two of them.
 */
import { control } from '../services/control-client.ts';
import { appendEvents } from './append-events.ts';
import { nextTask } from './next-task.ts';
import { appendChunks, setFindings, type StepTrack } from './step-track.ts';

export interface TrackLoader {
  isCancelled: boolean;
  signal: AbortSignal;
  cancel(): void;
}

/** What is in sight at first comes at once. */
const FIRST_PAGE = 2000;
const PAGE_SIZE = 40_000;
const PAGES_IN_FLIGHT = 3;
const busy = new WeakSet<StepTrack>();

/** Loads everything there is of a step; safe to call again, it goes on where it stopped. */
export async function loadTrack(track: StepTrack, loader: TrackLoader, onChange: () => void): Promise<void> {
  try {
    const findings = loadFindings(track, loader);
    // it is awaited below; until then a failure must not count as unhandled
    findings.catch(() => undefined);
    await loadEvents(track, loader, onChange);
    await findings;
    if (loader.isCancelled) return;
    onChange();
    await loadChunks(track, loader, onChange);
  } catch (error) {
    if (!loader.isCancelled) throw error;
  }
}

async function loadFindings(track: StepTrack, loader: TrackLoader): Promise<void> {
  const total = track.findingTotal;
  const { findings } = await control.findings(track.stepId);
  if (loader.isCancelled) return;
  track.findingsRead = total;
  setFindings(track, findings);
}

/** A page that comes out of its turn waits for those before it. */
async function loadEvents(track: StepTrack, loader: TrackLoader, onChange: () => void): Promise<void> {
  await readPages({
    next: track.count,
    total: () => track.total,
    ask: (after, limit) => control.eventColumns(track.stepId, after, limit, loader.signal),
    take(page) {
      if (loader.isCancelled) return false;
      const before = track.count;
      appendEvents(track, page);
      onChange();
      return track.count > before;
    },
  });
}

async function loadChunks(track: StepTrack, loader: TrackLoader, onChange: () => void): Promise<void> {
  const { gateway } = track;
  const stepId = gateway?.stepId ?? track.stepId;
  const first = await control.chunkColumns(stepId, track.chunkCount - 1, FIRST_PAGE, loader.signal);
  const take = (page: typeof first): boolean => {
    if (loader.isCancelled || track.gateway !== gateway) return false;
    const before = track.chunkCount;
    appendChunks(track, page);
    onChange();
    return track.chunkCount > before;
  };
  if (take(first)) {
    await readPages({
      next: track.chunkCount,
      total: () => track.chunkTotal,
      ask: (after, limit) => control.chunkColumns(stepId, after, limit, loader.signal),
      take,
    });
  }
  // The lane was given another source meanwhile.
  if (!loader.isCancelled && track.gateway !== gateway) await loadChunks(track, loader, onChange);
}

interface PageSource<Page> {
  next: number;
  total: () => number;
  ask: (after: number, limit: number) => Promise<Page>;
  /** False when the page brought nothing: then there is no more. */
  take: (page: Page) => boolean;
}

async function readPages<Page>({ next, total, ask, take }: PageSource<Page>): Promise<void> {
  const inFlight: Promise<Page>[] = [];
  let from = next;
  for (;;) {
    while (inFlight.length < PAGES_IN_FLIGHT && from < total()) {
      const limit = from === 0 ? FIRST_PAGE : PAGE_SIZE;
      const page = ask(from - 1, limit);
      // awaited in its turn; an earlier page's failure ends the loop before that
      page.catch(() => undefined);
      inFlight.push(page);
      from += limit;
    }
    const page = await inFlight.shift();
    if (page === undefined || !take(page)) return;
    await nextTask();
  }
}

/** Fetches what came in since, once at a time per track; asks again when more was announced meanwhile. */
export function topUpTrack(track: StepTrack, total: number, loader: TrackLoader, onChange: () => void): void {
  track.total = Math.max(track.total, total);
  if (busy.has(track)) return;
  busy.add(track);
  void topUp(track, loader, onChange).finally(() => busy.delete(track));
}

async function topUp(track: StepTrack, loader: TrackLoader, onChange: () => void): Promise<void> {
  try {
    while (!loader.isCancelled && track.count < track.total) {
      const before = track.count;
      await loadEvents(track, loader, onChange);
      await loadChunks(track, loader, onChange);
      if (track.findingTotal !== track.findingsRead) await loadFindings(track, loader);
      if (loader.isCancelled) return;
      onChange();
      if (track.count === before) return;
    }
  } catch {
    // the feed announces the next events, and the end of the step loads what is missing
  }
}
