/** What every part of the timeline asks: which steps are open, the view in use, how far it reaches. */
import { useMemo } from 'react';
import type { Step } from '../../../proxy-core/protocol/api/control-api.ts';
import { useMedia } from '../../model/hooks.ts';
import { WIDE_PX } from '../../model/breakpoints.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import { fitView, type View } from '../../model/timeline/scale.ts';
import { toScene } from '../../model/timeline/scene.ts';
import { useTimelineView } from '../../model/timeline-view-store.ts';
import { useUi } from '../../model/ui-store.ts';

/** In a wide window short sessions show all their steps. */
const MAX_OPEN_WIDE = 4;

export interface TimelineState {
  steps: readonly Step[];
  selected: number;
  isOpen: (step: Step) => boolean;
  /** Largest position of the open steps, in units. */
  extent: number;
  mode: 'time' | 'order';
}

export function useTimeline(): TimelineState {
  const session = useSession((state) => state.session);
  const tracks = useSession((state) => state.tracks);
  const version = useSession((state) => state.version);
  const contents = useMemo(() => ({ tracks, version }), [tracks, version]);
  const selectedStep = useSelection((state) => state.step);
  const openSteps = useTimelineView((state) => state.openSteps);
  const foldedSteps = useTimelineView((state) => state.foldedSteps);
  const mode = useUi((state) => state.mode);
  const isWide = useMedia(`(min-width: ${WIDE_PX}px)`);
  return useMemo(() => {
    const steps = session?.steps ?? [];
    const selected = Math.min(selectedStep ?? 0, Math.max(0, steps.length - 1));
    const isOpen = (step: Step): boolean =>
      (openSteps.has(step.id) || steps[selected]?.id === step.id || (isWide && steps.length <= MAX_OPEN_WIDE)) && !foldedSteps.has(step.id);
    let extent = 0;
    for (const step of steps) {
      const track = contents.tracks.get(step.id);
      if (track !== undefined && (isOpen(step) || steps.length === 1)) extent = Math.max(extent, toScene(track, mode).positions.extent);
    }
    return { steps, selected, isOpen, extent: extent === 0 ? 100 : extent, mode };
  }, [session, contents, selectedStep, openSteps, foldedSteps, mode, isWide]);
}

/** The view in use for a plot of this width. */
export function useView(extent: number, width: number): View {
  const view = useTimelineView((state) => state.view);
  return useMemo(() => view ?? fitView(extent, width), [view, extent, width]);
}
