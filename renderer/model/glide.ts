/** A zoom that goes somewhere takes 200 ms, so that a reader sees where it went; at once under reduced motion. */
import { useTimelineView } from './timeline-view-store.ts';
import type { View } from './timeline/scale.ts';

const DURATION_MS = 200;
let running: { target: View; last: View } | null = null;

/** Goes from one view to another; whoever changes the view meanwhile ends it. */
export function glideTo(from: View, target: View): void {
  const { setView } = useTimelineView.getState();
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
    setView(target);
    return;
  }
  const startMs = performance.now();
  const mine = { target, last: from };
  running = mine;
  setView(from);
  const step = (nowMs: number): void => {
    if (running !== mine || useTimelineView.getState().view !== mine.last) return;
    const part = Math.min(1, Math.max(0, (nowMs - startMs) / DURATION_MS));
    mine.last = part === 1 ? target : viewBetween(from, target, 1 - (1 - part) ** 3);
    setView(mine.last);
    if (part === 1) running = null;
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

/** Ends a zoom on its way at its target, before something else zooms on from there. */
export function settleGlide(): void {
  if (running === null) return;
  if (useTimelineView.getState().view === running.last) useTimelineView.getState().setView(running.target);
  running = null;
}

function viewBetween(from: View, to: View, part: number): View {
  return {
    start: from.start + (to.start - from.start) * part,
    pxPerUnit: from.pxPerUnit * (to.pxPerUnit / from.pxPerUnit) ** part,
  };
}
