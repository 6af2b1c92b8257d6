/** The steps one under the other, virtualised; measures the room for the plots and follows the selection. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactElement } from 'react';
import { useSize } from '../../model/hooks.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import { useTimelineView } from '../../model/timeline-view-store.ts';
import { toScene } from '../../model/timeline/scene.ts';
import { StepBand } from './step-band.tsx';
import { useTimeline } from './use-timeline.ts';

export const GUTTER_PX = 176;
export const GUTTER_NARROW_PX = 132;
const LONG_SESSION = 30;
const HEADER_PX = 28;
const STRIP_PX = 24;
const TOOL_PX = 22;
const ONE_LINER_PX = 26;

export function StepStack(props: { isNarrow: boolean }): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const { width } = useSize(scroller);
  const timeline = useTimeline();
  const tracks = useSession((state) => state.tracks);
  const details = useSession((state) => state.details);
  const sessionId = useSession((state) => state.sessionId);
  const gutter = props.isNarrow ? GUTTER_NARROW_PX : GUTTER_PX;
  const plotWidth = Math.max(0, width - gutter);
  useEffect(() => {
    if (plotWidth > 0) useTimelineView.setState({ plotWidth });
  }, [plotWidth]);
  const isLong = timeline.steps.length > LONG_SESSION;
  const hasStrip = !props.isNarrow && !isLong;
  const heightOf = (i: number): number => {
    const step = timeline.steps[i];
    if (step === undefined) return 0;
    const tool = !isLong && i < timeline.steps.length - 1 ? TOOL_PX : 0;
    const track = tracks.get(step.id);
    if (timeline.isOpen(step))
      return (
        HEADER_PX +
        ((details.get(step.id)?.innerSteps?.length ?? 0) > 0 ? TOOL_PX : 0) +
        (track === undefined || (track.count === 0 && track.total > 0) ? 76 : toScene(track, timeline.mode).layout.height) +
        tool
      );
    return (isLong ? ONE_LINER_PX : HEADER_PX + (hasStrip ? STRIP_PX : 0)) + tool;
  };
  const virtualizer = useVirtualizer({
    count: timeline.steps.length,
    getScrollElement: () => scroller.current,
    estimateSize: heightOf,
    getItemKey: (i) => timeline.steps[i]?.id ?? i,
    overscan: 3,
  });
  const heights = timeline.steps.map((_, i) => heightOf(i)).join();
  useEffect(() => virtualizer.measure(), [heights, virtualizer]);
  const selected = useSelection((state) => state.step);
  // again when the step has opened or its lanes have come
  const selectedHeight = selected === null ? 0 : heightOf(selected);
  useEffect(() => {
    if (selected !== null && selectedHeight > 0) virtualizer.scrollToIndex(selected, { align: isLong ? 'start' : 'auto' });
  }, [selected, selectedHeight, sessionId, isLong, virtualizer]);
  const total = virtualizer.getTotalSize();
  return (
    <div className="steps" ref={scroller}>
      <div style={{ height: total, position: 'relative' }}>
        {width > 0 &&
          virtualizer.getVirtualItems().map((item) => {
            const step = timeline.steps[item.index];
            if (step === undefined) return null;
            return (
              <div key={item.key} style={{ position: 'absolute', top: item.start, left: 0, right: 0, height: item.size }}>
                <StepBand
                  step={step}
                  position={item.index}
                  isOpen={timeline.isOpen(step)}
                  isSelected={item.index === timeline.selected}
                  isLong={isLong}
                  isNarrow={props.isNarrow}
                  hasStrip={hasStrip}
                  next={timeline.steps[item.index + 1] ?? null}
                  extent={timeline.extent}
                  mode={timeline.mode}
                  gutter={gutter}
                  width={plotWidth}
                />
              </div>
            );
          })}
      </div>
    </div>
  );
}
