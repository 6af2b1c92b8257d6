/** The rows of a comparison, one per role; virtualised, moved through with the arrow keys. */
import { useEffect, useMemo, useRef, type KeyboardEvent, type ReactElement } from 'react';
import type { StepComparison } from '../../../proxy-core/protocol/api/handover-api.ts';
import type { ComparisonRow } from '../../../proxy-core/protocol/diff/diff-streams.ts';
import { useFixedWindow } from '../../model/fixed-window.ts';
import { useCompare } from '../../model/handover/compare-store.ts';
import { KIND_WORDS, toPlace, toSummary } from '../../model/handover/comparison-words.ts';

const ROW_PX = 24;
const HEAD_PX = 24;
const PAGE_ROWS = 15;

export function CompareTable({ comparison }: { comparison: StepComparison }): ReactElement {
  const { rows } = comparison;
  const isOnlyDifferent = useCompare((state) => state.isOnlyDifferent);
  const selected = useCompare((state) => state.selected);
  const select = useCompare((state) => state.select);
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useMemo(
    () => rows.flatMap((row, index) => (isOnlyDifferent && row.kind === 'equal' ? [] : [index])),
    [rows, isOnlyDifferent],
  );
  const { from, to, scrollToRow } = useFixedWindow(scroller, { count: shown.length, rowPx: ROW_PX, headPx: HEAD_PX, isPinnedToEnd: false });
  const at = selected === null ? -1 : shown.indexOf(selected);
  useEffect(() => {
    if (at >= 0) scrollToRow(at, 'auto');
  }, [at, scrollToRow]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextRow(event.key, at, shown.length);
    if (next === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const row = shown[next];
    if (row !== undefined) select(row);
  };
  return (
    <div
      className="compare-table"
      ref={scroller}
      tabIndex={0}
      role="grid"
      aria-label="Both streams by role"
      aria-rowcount={shown.length + 1}
      aria-colcount={6}
      aria-activedescendant={at < 0 ? undefined : `pair-${shown[at]}`}
      onKeyDown={onKeyDown}
    >
      <div className="compare-row head" role="row" aria-rowindex={1}>
        {['', 'Type', 'Place', 'Left', 'Right', 'What differs'].map((name) => (
          <span key={name} role="columnheader" className={name === 'Left' || name === 'Right' ? 'number' : ''}>
            {name === '' ? <span className="offscreen">Kind</span> : name}
          </span>
        ))}
      </div>
      <div className="compare-rows" style={{ height: shown.length * ROW_PX }} role="rowgroup">
        {shown.slice(from, to).map((index, i) => {
          const row = rows[index];
          return row === undefined ? null : (
            <Row key={index} row={row} index={index} place={from + i} isSelected={index === selected} onSelect={() => select(index)} />
          );
        })}
      </div>
      {shown.length === 0 && <p className="pane-message">No differences.</p>}
    </div>
  );
}

function Row(props: { row: ComparisonRow; index: number; place: number; isSelected: boolean; onSelect: () => void }): ReactElement {
  const { row } = props;
  const { type, place } = toPlace(row.role);
  const { sign, word } = KIND_WORDS[row.kind];
  return (
    <div
      id={`pair-${props.index}`}
      className={`compare-row ${row.kind}${props.isSelected ? ' selected' : ''}`}
      role="row"
      aria-rowindex={props.place + 2}
      aria-selected={props.isSelected}
      style={{ top: props.place * ROW_PX }}
      onClick={props.onSelect}
    >
      <span role="gridcell" className="kind">
        <span className="kind-sign" aria-hidden="true">
          {sign}
        </span>
        {word}
      </span>
      <span role="gridcell" className="mono trunc" title={type}>
        {type}
      </span>
      <span role="gridcell" className="trunc dim" title={place}>
        {place}
      </span>
      <EventCell side={row.left} />
      <EventCell side={row.right} />
      <span role="gridcell" className="trunc dim">
        {toSummary(row)}
      </span>
    </div>
  );
}

/** The event's number, and how many deltas follow it in the same role; a dashed cell where there is none. */
function EventCell({ side }: { side: ComparisonRow['left'] }): ReactElement {
  if (side === null) {
    return (
      <span role="gridcell" className="number">
        <span className="absent" role="img" aria-label="not there" />
      </span>
    );
  }
  return (
    <span role="gridcell" className="number">
      {side.event}
      {side.count > 1 && <span className="mute"> ×{side.count}</span>}
    </span>
  );
}

function nextRow(key: string, at: number, count: number): number | null {
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    j: at + 1,
    ArrowUp: at - 1,
    k: at - 1,
    PageDown: at + PAGE_ROWS,
    PageUp: at - PAGE_ROWS,
    Home: 0,
    End: count - 1,
  };
  const wanted = steps[key];
  return wanted === undefined ? null : Math.min(count - 1, Math.max(0, wanted));
}
