/**
 * Fills a track from the bridge page by page: events, then findings, then upstream chunks. Pages are
 * small enough that reading one never holds up a frame; two are on their way at a time.
 */
import { control } from '../services/control-client.ts';
import { appendChunks, appendEvents, setFindings, type StepTrack } from './step-track.ts';

export interface TrackLoader {
  isCancelled: boolean;
  signal: AbortSignal;
  cancel(): void;
}

const PAGE_SIZE = 4000;
const busy = new WeakSet<StepTrack>();

/** Loads everything there is of a step; safe to call again, it goes on where it stopped. */
export async function loadTrack(track: StepTrack, loader: TrackLoader, onChange: () => void): Promise<void> {
  try {
    await loadEvents(track, loader, onChange);
    const { findings } = await control.findings(track.stepId);
    if (loader.isCancelled) return;
    setFindings(track, findings);
    onChange();
    await loadChunks(track, loader, onChange);
  } catch (error) {
    if (!loader.isCancelled) throw error;
  }
}

async function loadEvents(track: StepTrack, loader: TrackLoader, onChange: () => void): Promise<void> {
  let isFirst = true;
  while (!loader.isCancelled && (isFirst || track.count < track.total)) {
    isFirst = false;
    const from = track.count;
    const ahead = from + PAGE_SIZE < track.total ? control.events(track.stepId, from + PAGE_SIZE - 1, PAGE_SIZE, loader.signal) : null;
    // the page ahead may fail before it is awaited; the await below still sees the failure
    ahead?.catch(() => undefined);
    const page = await control.events(track.stepId, from - 1, PAGE_SIZE, loader.signal);
    if (loader.isCancelled) return;
    track.total = Math.max(track.total, page.total);
    appendEvents(track, page.events);
    if (ahead !== null) {
      const next = await ahead;
      if (loader.isCancelled) return;
      appendEvents(track, next.events);
    }
    onChange();
    if (track.count === from) return;
  }
}

async function loadChunks(track: StepTrack, loader: TrackLoader, onChange: () => void): Promise<void> {
  for (;;) {
    const from = track.chunkCount;
    const page = await control.chunks(track.stepId, from - 1, PAGE_SIZE, loader.signal);
    if (loader.isCancelled) return;
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
