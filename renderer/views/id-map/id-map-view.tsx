/** Rows of ids, columns of places; the verdicts stand beside it. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ListFilter } from 'lucide-react';
import { useMemo, useRef, type CSSProperties, type ReactElement } from 'react';
import { plural } from '../../components/format.ts';
import { KindGlyph } from '../../components/glyph.tsx';
import { PaneBoundary } from '../../components/pane-boundary.tsx';
import { MAX_OPEN_STEPS, toIdMap, type IdMap, type IdMapRow } from '../../model/id-map.ts';
import { useIdMap } from '../../model/id-map-store.ts';
import { tracksInOrder, useSession } from '../../model/session-store.ts';
import type { ViewProps } from '../view.ts';
import { IdMapDetails } from './id-map-details.tsx';
import { IdMapHead } from './id-map-head.tsx';
import { IdRow } from './id-row.tsx';
import { VerdictsPane } from './verdicts-pane.tsx';
import './id-map.css';

const ROW_PX = 26;
const ID_PX = 206;
const PLACE_PX = 38;
const STEP_PX = 64;
const NOTE_PX = 180;

const selectRow = (selectedKey: string): void => useIdMap.getState().set({ selectedKey });

type Line = { kind: 'group'; title: string } | { kind: 'row'; row: IdMapRow };

function toLines(map: IdMap, filter: string): Line[] {
  const needle = filter.trim().toLowerCase();
  return map.groups.flatMap((group): Line[] => {
    const rows =
      needle === ''
        ? group.rows
        : group.rows.filter((row) => row.ids.some((id) => id.toLowerCase().includes(needle)) || row.look.label.includes(needle));
    return rows.length === 0 ? [] : [{ kind: 'group', title: group.title }, ...rows.map((row): Line => ({ kind: 'row', row }))];
  });
}

export function IdMapView(props: ViewProps): ReactElement {
  const session = useSession((state) => state.session);
  const tracks = useSession((state) => state.tracks);
  const version = useSession((state) => state.version);
  const registry = useSession((state) => state.registry);
  const { filter, openSteps, selectedKey, isShowingClients, set: setMap, toggleStep } = useIdMap();
  const contents = useMemo(() => ({ session, tracks, version }), [session, tracks, version]);
  const map = useMemo(() => toIdMap(tracksInOrder(contents), registry, openSteps), [contents, registry, openSteps]);
  const lines = useMemo(() => toLines(map, filter), [map, filter]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });
  const template = `${ID_PX}px ${map.columns.map((column) => (column.column === null ? `${STEP_PX}px` : `${PLACE_PX}px`)).join(' ')} minmax(${NOTE_PX}px, 1fr)`;
  const style = { '--id-columns': template, minWidth: ID_PX + NOTE_PX + 40 + map.columns.length * PLACE_PX } as CSSProperties;
  const selected = lines.find((line) => line.kind === 'row' && line.row.key === selectedKey);
  const canFold = (session?.steps.length ?? 0) > MAX_OPEN_STEPS;
  if (props.isNarrow && isShowingClients) {
    return (
      <div className="id-map-view">
        <PaneBoundary name="verdicts" resetKey={session?.id ?? ''}>
          <VerdictsPane onBack={() => setMap({ isShowingClients: false })} />
        </PaneBoundary>
      </div>
    );
  }
  return (
    <div className="id-map-view">
      <section className="id-map" aria-label="Id map" data-pane="id-map">
        <div className="id-map-bar">
          <label className="side-input">
            <ListFilter className="icon" aria-hidden="true" />
            <input
              value={filter}
              placeholder="Filter ids"
              aria-label="Filter ids"
              onChange={(event) => setMap({ filter: event.target.value })}
            />
          </label>
          <span className="dim">
            {plural(map.idCount, 'id')}, {plural(map.announcedCount, 'item')} announced
          </span>
          <span className="grow" />
          <Legend />
          {props.isNarrow && (
            <button type="button" className="btn" onClick={() => setMap({ isShowingClients: true })}>
              Who breaks
            </button>
          )}
        </div>
        <div
          className="id-map-scroll"
          ref={scroller}
          tabIndex={0}
          role="table"
          aria-label="Where each id occurs"
          aria-rowcount={lines.length}
        >
          <div style={style}>
            <IdMapHead columns={map.columns} canFold={canFold} onToggle={toggleStep} />
            <div style={{ height: virtualizer.getTotalSize(), position: 'relative' }} role="rowgroup">
              {virtualizer.getVirtualItems().map((item) => {
                const line = lines[item.index];
                if (line === undefined) return null;
                return line.kind === 'group' ? (
                  <div key={`group-${line.title}`} className="id-group" role="row" style={{ transform: `translateY(${item.start}px)` }}>
                    <span role="rowheader">{line.title}</span>
                  </div>
                ) : (
                  <IdRow
                    key={line.row.key}
                    row={line.row}
                    columns={map.columns}
                    top={item.start}
                    isSelected={line.row.key === selectedKey}
                    onSelect={selectRow}
                  />
                );
              })}
            </div>
          </div>
        </div>
        {selected?.kind === 'row' && <IdMapDetails row={selected.row} />}
      </section>
      {!props.isWide && !props.isNarrow && (
        <div className="verdicts-dock">
          <PaneBoundary name="verdicts" resetKey={session?.id ?? ''}>
            <VerdictsPane />
          </PaneBoundary>
        </div>
      )}
    </div>
  );
}

function Legend(): ReactElement {
  return (
    <div className="legend">
      <span>
        <KindGlyph kind="reasoning" isFilled color="var(--ink2)" /> announced
      </span>
      <span>
        <KindGlyph kind="reasoning" isFilled={false} color="var(--ink2)" /> not announced
      </span>
      <span>
        <span className="missing-cell" aria-hidden="true" /> missing here
      </span>
    </div>
  );
}
