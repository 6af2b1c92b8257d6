/** Filter bar and event table of the selected step. */
import { Copy } from 'lucide-react';
import { useMemo, type ReactElement } from 'react';
import { CopyMenu } from './copy-menu.tsx';
import { plural } from '../../components/format.ts';
import { filterEvents, parseFilter, type EventRange } from '../../model/filters.ts';
import { useSelectedStep } from '../../model/hooks.ts';
import { lookOf } from '../../model/id-registry.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import type { StepTrack } from '../../model/step-track.ts';
import { useTable } from '../../model/table-store.ts';
import { eventsInView, rangeText } from '../../model/timeline/brushed.ts';
import { toScene } from '../../model/timeline/scene.ts';
import { useTimelineView } from '../../model/timeline-view-store.ts';
import { useUi } from '../../model/ui-store.ts';
import { EventTable } from './event-table.tsx';
import { FilterBar } from './filter-bar.tsx';

export function EventPane(props: { isNarrow: boolean }): ReactElement {
  const { step, track } = useSelectedStep();
  const filter = useTable((state) => state.filter);
  const setFilter = useTable((state) => state.setFilter);
  const registry = useSession((state) => state.registry);
  const version = track?.version ?? 0;
  const stepNumber = useSelection((state) => (state.step ?? 0) + 1);
  const contents = useMemo(() => ({ track, version }), [track, version]);
  const brushed = useBrushed(contents);
  const rows = useMemo(
    () =>
      contents.track === null
        ? null
        : filterEvents(contents.track, parseFilter(filter), brushed?.events ?? null, (id) => lookOf(registry, id).label),
    [contents, filter, brushed, registry],
  );
  const shown = rows === null ? (track?.count ?? 0) : rows.length;
  return (
    <section className="events" aria-label="Events" data-pane="events">
      <div className="filter-bar">
        <FilterBar track={track} stepNumber={stepNumber} range={brushed?.text ?? null} />
        <span className="dim event-count" aria-live="polite">
          {rows === null ? plural(shown, 'event') : `${shown.toLocaleString('en')} of ${plural(track?.count ?? 0, 'event')}`}
        </span>
        {step !== null && (
          <CopyMenu step={step} rows={rows} count={track?.count ?? 0}>
            <Copy className="icon" aria-hidden="true" />
          </CopyMenu>
        )}
      </div>
      {track !== null && step !== null && shown === 0 && track.count > 0 ? (
        <div className="pane-message">
          <strong className="strong">No events match</strong>
          <button
            type="button"
            className="btn"
            onClick={() => {
              setFilter('');
              useTimelineView.getState().clearBrush();
            }}
          >
            Clear the filter
          </button>
        </div>
      ) : (
        track !== null && step !== null && <EventTable key={step.id} step={step} track={track} rows={rows} isNarrow={props.isNarrow} />
      )}
    </section>
  );
}

/** The events that the brush leaves, while it is in use; follows pan and zoom, in wall time and in event order. */
function useBrushed(contents: { track: StepTrack | null }): { events: EventRange; text: { key: string; value: string } } | null {
  const isBrushed = useTimelineView((state) => state.isBrushed);
  const view = useTimelineView((state) => state.view);
  const width = useTimelineView((state) => state.plotWidth);
  const mode = useUi((state) => state.mode);
  return useMemo(() => {
    if (!isBrushed || view === null || contents.track === null) return null;
    const { positions } = toScene(contents.track, mode);
    return { events: eventsInView(positions, view, width), text: rangeText(positions, view, width) };
  }, [isBrushed, view, width, mode, contents]);
}
