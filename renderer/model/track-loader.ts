/**
 * Fills a track from the bridge page by page: events, then findings, then upstream chunks. Pages are
 * small enough that reading one never holds up a frame; three are on their way at a time.
 */
import type { EventsPage } from '../../proxy-core/protocol/api/control-api.ts';
import { control } from '../services/control-client.ts';
import { appendChunks, appendEvents, setFindings, type StepTrack } from './step-track.ts';

export interface TrackLoader {
  isCancelled: boolean;
  signal: AbortSignal;
  cancel(): void;
}

const FIRST_PAGE = 500;
const PAGE_SIZE = 4000;
const PAGES_IN_FLIGHT = 3;
const busy = new WeakSet<StepTrack>();

/** Loads everything there is of a step; safe to call again, it goes on where it stopped. */
export async function loadTrack(track: StepTrack, loader: TrackLoader, onChange: () => void): Promise<void> {
  try {
    const asked = control.findings(track.stepId);
    // it is awaited below; until then a failure must not count as unhandled
    asked.catch(() => undefined);
    await loadEvents(track, loader, onChange);
    const { findings } = await asked;
    if (loader.isCancelled) return;
    setFindings(track, findings);
    onChange();
    await loadChunks(track, loader, onChange);
  } catch (error) {
    if (!loader.isCancelled) throw error;
  }
}

async function loadEvents(track: StepTrack, loader: TrackLoader, onChange: () => void): Promise<void> {
  const first = await control.events(track.stepId, track.count - 1, FIRST_PAGE, loader.signal);
  if (loader.isCancelled) return;
  track.total = Math.max(track.total, first.total);
  appendEvents(track, first.events);
  onChange();
  const inFlight: Promise<EventsPage>[] = [];
  let next = track.count;
  while (track.count < track.total || inFlight.length > 0) {
    while (inFlight.length < PAGES_IN_FLIGHT && next < track.total) {
      const page = control.events(track.stepId, next - 1, PAGE_SIZE, loader.signal);
      // awaited in its turn; an earlier page's failure ends the loop before that
      page.catch(() => undefined);
      inFlight.push(page);
      next += PAGE_SIZE;
    }
    const page = await inFlight.shift();
    if (loader.isCancelled || page === undefined) return;
    const before = track.count;
    appendEvents(track, page.events);
    onChange();
    if (track.count === before) return;
  }
}

async function loadChunks(track: StepTrack, loader: TrackLoader, onChange: () => void): Promise<void> {
  for (;;) {
    const from = track.chunkCount;
    const { gateway } = track;
    const page = await control.chunks(gateway?.stepId ?? track.stepId, from - 1, PAGE_SIZE, loader.signal);
    if (loader.isCancelled) return;
    // The lane was given another source meanwhile.
    if (track.gateway !== gateway) continue;
    track.chunkTotal = page.total;
    appendChunks(track, page.chunks);
    onChange();
    if (track.chunkCount >= page.total || track.chunkCount === from) return;
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
      const { findings } = await control.findings(track.stepId);
      if (loader.isCancelled) return;
      if (findings.length !== track.findings.length) setFindings(track, findings);
      onChange();
      if (track.count === before) return;
    }
  } catch {
    // the feed announces the next events, and the end of the step loads what is missing
  }
}
