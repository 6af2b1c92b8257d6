/** One row of the event table. */
import { valueAt } from '../../model/columns.ts';
import { memo, type ReactElement } from 'react';
import { SignIcon } from '../../components/glyph.tsx';
import { IdChip } from '../../components/id-chip.tsx';
import { MARK, shortType } from '../../model/event-kind.ts';
import { typeName, type StepTrack } from '../../model/step-track.ts';
import { textAt } from '../../model/text-column.ts';
import { visibleSpaces } from './visible-spaces.ts';

const SEVERITIES = ['none', 'note', 'warning', 'error'] as const;
const SAME_INSTANT_MS = 0.05;
const SHOWN_CHARACTERS = 240;

export const EventTableRow = memo(function EventTableRow(props: {
  track: StepTrack;
  event: number;
  rowIndex: number;
  previous: number;
  isSelected: boolean;
  silenceLimitMs: number;
  isNarrow: boolean;
  /** Findings may arrive after the events. */
  version: number;
  onSelect: (event: number) => void;
}): ReactElement {
  const { track, event, previous } = props;
  const ms = valueAt(track.tMs, event);
  const delta = previous < 0 ? null : ms - valueAt(track.tMs, previous);
  const isSame = delta !== null && delta < SAME_INSTANT_MS;
  const mark = valueAt(track.mark, event);
  const id = track.ids[valueAt(track.id, event)];
  const severity = SEVERITIES[valueAt(track.severity, event)] ?? 'none';
  const outputIndex = valueAt(track.outputIndex, event);
  const isOrphan = id !== undefined && track.uses.get(id)?.isAnnounced === false;
  const isDelta = mark === MARK.delta;
  const text = textAt(track.text, event).slice(0, SHOWN_CHARACTERS);
  return (
    <div
      id={`event-${event}`}
      role="row"
      aria-rowindex={props.rowIndex + 2}
      aria-selected={props.isSelected}
      className={`table-row${props.isSelected ? ' selected' : ''}`}
      onClick={() => props.onSelect(event)}
    >
      <span role="gridcell" className="number dim">
        {event}
      </span>
      <span role="gridcell" className={`number${isSame ? ' mute' : ''}`}>
        {ms.toFixed(1)}
      </span>
      {!props.isNarrow && (
        <span role="gridcell" className={`number delta-cell ${delta !== null && delta > props.silenceLimitMs ? 'silent' : 'dim'}`}>
          {delta === null || isSame ? '' : `+${delta.toFixed(1)}`}
        </span>
      )}
      <span role="gridcell" className={`mono trunc${isDelta ? ' dim' : ''}`}>
        {shortType(typeName(valueAt(track.type, event)))}
      </span>
      <span role="gridcell">{id !== undefined && <IdChip id={id} isGhost={isOrphan || isForeignResponse(track, event)} />}</span>
      <span role="gridcell" className="number dim">
        {outputIndex < 0 ? '' : outputIndex}
      </span>
      <span role="gridcell" className={`trunc${isDelta ? '' : ' dim'}`}>
        {isDelta ? `“${visibleSpaces(text)}”` : text}
      </span>
      <span role="gridcell" className="sign-cell">
        {severity !== 'none' && <SignIcon sign={severity} label={severity} size={13} />}
      </span>
    </div>
  );
});

/** A terminal event whose response id is not the one that was created. */
function isForeignResponse(track: StepTrack, event: number): boolean {
  if (track.lane[event] !== -1) return false;
  const id = track.ids[valueAt(track.id, event)];
  return id !== undefined && track.responseIds.length > 1 && id !== track.responseIds[0]?.id;
}
