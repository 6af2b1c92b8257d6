/** One id (or a fold of look-alikes) over all places, joined by its line. */
import { memo, type CSSProperties, type ReactElement } from 'react';
import { KindGlyph, SignIcon } from '../../components/glyph.tsx';
import type { IdCell, IdMapColumn, IdMapRow } from '../../model/id-map.ts';
import { lookColor, type IdLook } from '../../model/id-registry.ts';
import { useSelection } from '../../model/selection.ts';

/** Responses are never announced by an item, so they are always solid. */
const isSolid = (look: IdLook): boolean => look.isAnnounced || look.kind === 'response';

export const IdRow = memo(function IdRow(props: {
  row: IdMapRow;
  columns: readonly IdMapColumn[];
  top: number;
  isSelected: boolean;
  onSelect: (key: string) => void;
}): ReactElement {
  const { row } = props;
  const { look } = row;
  const hover = useSelection((state) => state.hover);
  const select = useSelection((state) => state.select);
  const isLit = useSelection((state) => state.hoverId === look.id);
  const used = row.cells.flatMap((cell, i) => (cell.count > 0 || cell.isMissing ? i : []));
  const first = used[0] ?? 0;
  const last = used.at(-1) ?? -1;
  const color = lookColor(look);
  const isFold = row.ids.length > 1;
  const head = look.label.replace('·b64', '');
  const rest = look.decoded === null && look.id.startsWith(head) ? look.id.slice(head.length) : '';
  return (
    <div
      role="row"
      className={`id-line id-row${props.isSelected ? ' selected' : ''}${isLit ? ' lit' : ''}`}
      style={{ transform: `translateY(${props.top}px)`, '--id': color } as CSSProperties}
      onMouseEnter={() => hover(isFold ? null : look.id)}
      onMouseLeave={() => hover(null)}
      onClick={() => props.onSelect(row.key)}
    >
      <span role="rowheader" className="id-first">
        <button
          type="button"
          title={isFold ? row.ids.join('\n') : look.id}
          onFocus={() => hover(isFold ? null : look.id)}
          onBlur={() => hover(null)}
        >
          <KindGlyph kind={look.kind} isFilled={isSolid(look)} color={color} />
          {isFold ? (
            <span>{row.ids.length} ids, one event each</span>
          ) : look.decoded === null ? (
            <span className="mono trunc">
              {head}
              <span className="mute">{rest}</span>
            </span>
          ) : (
            <span className="mono trunc" title={`${look.id} wraps ${look.decoded}`}>
              {look.id.slice(0, 9)}…<span className="mute">{look.id.slice(-8)}</span>
            </span>
          )}
        </button>
      </span>
      {row.cells.map((cell, i) => {
        const column = props.columns[i];
        return (
          <Cell
            key={i}
            cell={cell}
            row={row}
            line={i > first && i <= last ? 'left' : ''}
            lineAfter={i >= first && i < last}
            onOpen={() => column !== undefined && cell.event >= 0 && select({ step: column.step, event: cell.event })}
          />
        );
      })}
      <span role="cell" className="id-note">
        {row.note !== null && (
          <>
            <SignIcon sign={row.note.severity} label={row.note.severity} size={12} />
            <span className="trunc dim">{row.note.text}</span>
          </>
        )}
      </span>
    </div>
  );
});

function Cell(props: { cell: IdCell; row: IdMapRow; line: string; lineAfter: boolean; onOpen: () => void }): ReactElement {
  const { cell, row } = props;
  const { look } = row;
  const className = `id-cell${props.line === 'left' ? ' line-before' : ''}${props.lineAfter ? ' line-after' : ''}${look.isAnnounced || look.slot === 0 ? '' : ' dashed'}`;
  return (
    <span role="cell" className={className} onClick={props.onOpen}>
      {cell.isMissing && cell.count === 0 ? (
        <span className="id-mark">
          <span className="missing-cell" role="img" aria-label="missing" />
        </span>
      ) : cell.count > 0 ? (
        <span className="id-mark">
          <KindGlyph kind={look.kind} isFilled={isSolid(look)} color={lookColor(look)} />
          {cell.count > 1 ? cell.count : <span className="offscreen">1</span>}
        </span>
      ) : null}
    </span>
  );
}
