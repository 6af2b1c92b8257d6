/** The virtualised table of events: fixed 24 px rows, keyboard first, follows the end of a live stream. */
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { Step } from '../../../proxy-core/protocol/api/control-api.ts';
import { valueAt } from '../../model/columns.ts';
import { useFixedWindow } from '../../model/fixed-window.ts';
import { useSelection } from '../../model/selection.ts';
import type { StepTrack } from '../../model/step-track.ts';
import { toScene } from '../../model/timeline/scene.ts';
import { EventTableRow, isGhostId } from './event-row.tsx';

const ROW_PX = 24;
const HEAD_PX = 24;
const AT_END_PX = 30;
/** From here on event numbers need a wider column. */
const MANY = 10_000;

export function EventTable(props: { step: Step; track: StepTrack; rows: Int32Array | null; isNarrow: boolean }): ReactElement {
  const { track, rows, step } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const count = rows === null ? track.count : rows.length;
  const eventAt = (row: number): number => (rows === null ? row : (rows[row] ?? -1));
  const stepIndex = useSelection((state) => state.step ?? 0);
  const selected = useSelection((state) => state.event);
  const select = useSelection((state) => state.select);
  const limit = toScene(track, 'time').silenceLimitMs;
  const [isAtEnd, setIsAtEnd] = useState(true);
  const [seen, setSeen] = useState(count);
  const isLive = step.status === 'streaming';
  const { from, to, height, scrollToRow } = useFixedWindow(scroller, {
    count,
    rowPx: ROW_PX,
    headPx: HEAD_PX,
    isPinnedToEnd: isLive && isAtEnd,
  });
  // Rows that leave come back as those that enter: making one takes longer than filling it.
  const slots = 2 ** Math.ceil(Math.log2(Math.max(1, to - from)));

  useEffect(() => {
    if (isAtEnd) setSeen(count);
  }, [count, isAtEnd]);

  const row = selected === null ? -1 : rowOf(rows, selected);
  // again when the pane gets its height, or another one
  useEffect(() => {
    if (row >= 0 && height > 0) scrollToRow(row, 'auto');
  }, [row, height, scrollToRow]);

  const onSelect = useCallback(
    (at: number) => select({ step: stepIndex, event: at, detailsTab: track.findingsByEvent.has(at) ? 'finding' : 'event' }),
    [select, stepIndex, track],
  );
  const go = (wanted: number): void => {
    const next = Math.min(count - 1, Math.max(0, wanted));
    if (next >= 0) select({ step: stepIndex, event: eventAt(next) });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 240) / ROW_PX) - 2);
    if (event.key === 'ArrowDown' || event.key === 'j') go(row + 1);
    else if (event.key === 'ArrowUp' || event.key === 'k') go(row < 0 ? 0 : row - 1);
    else if (event.key === 'PageDown') go(row + page);
    else if (event.key === 'PageUp') go(row - page);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(count - 1);
    else return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const fresh = isLive && !isAtEnd ? count - seen : 0;
  return (
    <div className={`event-table${props.isNarrow ? ' narrow' : ''}${track.count >= MANY ? ' many' : ''}`}>
      <div
        className="table-body"
        ref={scroller}
        tabIndex={0}
        data-pane-focus=""
        role="grid"
        aria-label="Events of the step"
        aria-rowcount={count + 1}
        aria-colcount={props.isNarrow ? 7 : 8}
        aria-activedescendant={selected === null ? undefined : `event-${selected}`}
        onKeyDown={onKeyDown}
        onScroll={(event) => {
          const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
          setIsAtEnd(scrollTop + clientHeight >= scrollHeight - AT_END_PX);
        }}
      >
        <div className="table-head" role="row" aria-rowindex={1}>
          <TableHead isNarrow={props.isNarrow} />
        </div>
        <div className="table-rows" style={{ height: count * ROW_PX, paddingTop: from * ROW_PX }} role="rowgroup">
          {Array.from({ length: Math.max(0, to - from) }, (_, i) => {
            const at = from + i;
            const event = eventAt(at);
            return (
              <EventTableRow
                key={at % slots}
                track={track}
                event={event}
                rowIndex={at}
                previous={at === 0 ? -1 : eventAt(at - 1)}
                isSelected={event === selected}
                silenceLimitMs={limit}
                isNarrow={props.isNarrow}
                severity={valueAt(track.severity, event)}
                isGhost={isGhostId(track, event)}
                onSelect={onSelect}
              />
            );
          })}
        </div>
      </div>
      {fresh > 0 && (
        <button type="button" className="fresh-pill" onClick={() => scrollToRow(count - 1, 'end')}>
          {fresh.toLocaleString('en')} new ↓
        </button>
      )}
    </div>
  );
}

const CELL_CLASS: Record<string, string> = { '#': 'number', ms: 'number', Δ: 'number delta-cell', Idx: 'number' };

function TableHead(props: { isNarrow: boolean }): ReactElement {
  const names = ['#', 'ms', ...(props.isNarrow ? [] : ['Δ']), 'Type', 'Item id', 'Idx', 'Text', ''];
  return (
    <>
      {names.map((name) => (
        <span key={name} role="columnheader" className={CELL_CLASS[name] ?? ''}>
          {name === '' ? <span className="offscreen">Severity</span> : name}
        </span>
      ))}
    </>
  );
}

/** Position of an event among the filtered rows; -1 when it is filtered out. */
function rowOf(rows: Int32Array | null, event: number): number {
  if (rows === null) return event;
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (rows[middle] === event) return middle;
    if ((rows[middle] ?? 0) < event) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
