/** Overview, steps, findings, table and details: arranges the panes of the timeline view. */
import { useEffect, useRef, type ReactElement } from 'react';
import { PaneBoundary } from '../../components/pane-boundary.tsx';
import { Splitter } from '../../components/splitter.tsx';
import { DETAILS_PX, useDetailsWidth } from '../../model/details-width.ts';
import { useSize } from '../../model/hooks.ts';
import { useSession } from '../../model/session-store.ts';
import { useTimelineView } from '../../model/timeline-view-store.ts';
import { useUi } from '../../model/ui-store.ts';
import type { ViewProps } from '../view.ts';
import { DetailsPane } from './details/details-pane.tsx';
import { EventPane } from './event-pane.tsx';
import { FindingsStrip } from './findings-strip.tsx';
import { Overview } from './overview.tsx';
import { StepStack } from './step-stack.tsx';
import './timeline.css';
import './table.css';
import './details.css';

const MIN_TIMELINE_PX = 120;
const OVERVIEW_PX = 38;
/** Share of the height; more where the details stand beside it. */
const SHARE = 0.56;
const WIDE_SHARE = 0.64;

export function TimelineView(props: ViewProps): ReactElement {
  const room = useRef<HTMLDivElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  const { height } = useSize(room);
  const kept = useUi((state) => state.timelineHeight);
  const detailsWidth = useDetailsWidth();
  const setUi = useUi((state) => state.set);
  const sessionId = useSession((state) => state.sessionId ?? '');
  const most = Math.max(MIN_TIMELINE_PX, height - 190);
  const limit = kept === null ? Math.max(240, Math.round(height * (props.isWide ? WIDE_SHARE : SHARE))) : Math.min(kept, most);
  useEffect(() => {
    if (height > 0) useTimelineView.setState({ stackRoom: limit - OVERVIEW_PX });
  }, [height, limit]);
  return (
    <div className="timeline-view" ref={room}>
      <div className="timeline-pane" ref={pane} data-pane="timeline" style={kept === null ? { maxHeight: limit } : { height: limit }}>
        <PaneBoundary name="timeline" resetKey={sessionId}>
          <Overview isNarrow={props.isNarrow} />
          <StepStack isNarrow={props.isNarrow} />
        </PaneBoundary>
      </div>
      <Splitter
        label="Height of the timeline"
        orientation="horizontal"
        value={kept ?? limit}
        min={MIN_TIMELINE_PX}
        max={most}
        direction={1}
        onChange={(value) => setUi({ timelineHeight: value })}
        onReset={() => setUi({ timelineHeight: null })}
      />
      <PaneBoundary name="list of findings" resetKey={sessionId}>
        <FindingsStrip />
      </PaneBoundary>
      <div className="low">
        <PaneBoundary name="event table" resetKey={sessionId}>
          <EventPane isNarrow={props.isNarrow} />
        </PaneBoundary>
        {!props.isWide && (
          <>
            <Splitter
              label="Width of the details"
              orientation="vertical"
              value={detailsWidth}
              min={DETAILS_PX.min}
              max={DETAILS_PX.max}
              direction={-1}
              onChange={(value) => setUi({ detailsWidth: value })}
              onReset={() => setUi({ detailsWidth: null })}
            />
            <div className="details-dock" style={{ width: detailsWidth }}>
              <PaneBoundary name="details" resetKey={sessionId}>
                <DetailsPane />
              </PaneBoundary>
            </div>
          </>
        )}
      </div>
    </div>
  );
}
