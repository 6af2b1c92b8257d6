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
  /** What may still change after the event has come: its worst finding, and whether its id was announced. */
  severity: number;
  isGhost: boolean;
  onSelect: (event: number) => void;
}): ReactElement {
  const { track, event, previous } = props;
  const ms = valueAt(track.tMs, event);
  const delta = previous < 0 ? null : ms - valueAt(track.tMs, previous);
  const isSame = delta !== null && delta < SAME_INSTANT_MS;
  const mark = valueAt(track.mark, event);
  const id = track.ids[valueAt(track.id, event)];
  const severity = SEVERITIES[props.severity] ?? 'none';
  const outputIndex = valueAt(track.outputIndex, event);
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
      <span role="gridcell">{id !== undefined && <IdChip id={id} isGhost={props.isGhost} />}</span>
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

/** True for an id that was never announced, and for a response id that is not the one that was created. */
export function isGhostId(track: StepTrack, event: number): boolean {
  const id = track.ids[valueAt(track.id, event)];
  if (id === undefined) return false;
  const isForeignResponse = track.lane[event] === -1 && track.responseIds.length > 1 && id !== track.responseIds[0]?.id;
  return isForeignResponse || track.uses.get(id)?.isAnnounced === false;
}
