/** The steps one under the other, virtualised; measures the room for the plots and follows the selection. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactElement } from 'react';
import { useSize } from '../../model/hooks.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import { useTimelineView } from '../../model/timeline-view-store.ts';
import { foldedHeight, LONG_SESSION, openHeight } from '../../model/timeline/step-heights.ts';
import { StepBand } from './step-band.tsx';
import { useTimeline } from './use-timeline.ts';

export const GUTTER_PX = 176;
export const GUTTER_NARROW_PX = 132;
export function StepStack(props: { isNarrow: boolean }): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const { width } = useSize(scroller);
  const timeline = useTimeline();
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
    const shape = timeline.shapes[i];
    if (step === undefined || shape === undefined) return 0;
    return timeline.isOpen(step) ? openHeight(shape, isLong) : foldedHeight(shape, { isLong, hasStrip });
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
