/** What every part of the timeline asks: which steps are open, the view in use, how far it reaches. */
import { useMemo } from 'react';
import type { Step, StepDetail } from '../../../proxy-core/protocol/api/control-api.ts';
import { useMedia } from '../../model/hooks.ts';
import { WIDE_PX } from '../../model/breakpoints.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import { fitView, type View } from '../../model/timeline/scale.ts';
import type { StepTrack } from '../../model/step-track.ts';
import { toScene } from '../../model/timeline/scene.ts';
import { stepsThatFit, type StepShape } from '../../model/timeline/step-heights.ts';
import { useTimelineView } from '../../model/timeline-view-store.ts';
import { useUi } from '../../model/ui-store.ts';

export interface TimelineState {
  steps: readonly Step[];
  /** One per step. */
  shapes: readonly StepShape[];
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
  const details = useSession((state) => state.details);
  const room = useTimelineView((state) => state.stackRoom);
  return useMemo(() => {
    const steps = session?.steps ?? [];
    const selected = Math.min(selectedStep ?? 0, Math.max(0, steps.length - 1));
    const shapes = steps.map((step, i) => toShape(step, i === steps.length - 1, { tracks: contents.tracks, details, mode }));
    // a wide window has room for more than the selected step
    const fitting = isWide ? stepsThatFit(shapes, selected, room) : new Set([selected]);
    const unfolded = new Set(steps.filter((_, i) => fitting.has(i) || i === selected).map((step) => step.id));
    const isOpen = (step: Step): boolean => (openSteps.has(step.id) || unfolded.has(step.id)) && !foldedSteps.has(step.id);
    let extent = 0;
    for (const step of steps) {
      const track = contents.tracks.get(step.id);
      if (track !== undefined && (isOpen(step) || steps.length === 1)) extent = Math.max(extent, toScene(track, mode).positions.extent);
    }
    return { steps, shapes, selected, isOpen, extent: extent === 0 ? 100 : extent, mode };
  }, [session, contents, details, selectedStep, openSteps, foldedSteps, mode, isWide, room]);
}

function toShape(
  step: Step,
  isLast: boolean,
  known: { tracks: ReadonlyMap<string, StepTrack>; details: ReadonlyMap<string, StepDetail>; mode: 'time' | 'order' },
): StepShape {
  const track = known.tracks.get(step.id);
  const isWaiting = track === undefined || (track.count === 0 && track.total > 0);
  return {
    plotPx: isWaiting ? null : toScene(track, known.mode).layout.height,
    hasGateway: (known.details.get(step.id)?.innerSteps?.length ?? 0) > 0,
    isLast,
  };
}

/** The view in use for a plot of this width. */
export function useView(extent: number, width: number): View {
  const view = useTimelineView((state) => state.view);
  return useMemo(() => view ?? fitView(extent, width), [view, extent, width]);
}
