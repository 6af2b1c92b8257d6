/** One id in full: where it occurs, event by event, and what it should have been. */
import type { ReactElement } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { IdChip } from '../../components/id-chip.tsx';
import type { IdMapRow } from '../../model/id-map.ts';
import { useSelection } from '../../model/selection.ts';
import { tracksInOrder, useSession } from '../../model/session-store.ts';

const MAX_LINKS = 12;
const PLACES = [
  ['added', 'Announced'],
  ['delta', 'Deltas'],
  ['done', 'Closed'],
  ['final', 'Final output'],
] as const;

export function IdMapDetails(props: { row: IdMapRow }): ReactElement {
  const { row } = props;
  const session = useSession((state) => state.session);
  const tracks = useSession((state) => state.tracks);
  const select = useSelection((state) => state.select);
  const ordered = tracksInOrder({ session, tracks });
  const places = ordered.flatMap((track, step) =>
    PLACES.flatMap(([column, title]) => {
      const events = row.ids.flatMap((id) => track.uses.get(id)?.columns[column] ?? []);
      return events.length === 0 ? [] : [{ key: `${step}-${column}`, step, title, events }];
    }),
  );
  const expected = ordered.flatMap(
    (track) => track.findings.find((finding) => finding.itemId === row.look.id && typeof finding.expected === 'string')?.expected ?? [],
  )[0];
  return (
    <div className="id-map-details">
      <div className="id-map-ids">
        {row.ids.slice(0, MAX_LINKS).map((id) => (
          <span key={id} className="id-map-id">
            <IdChip id={id} isFull />
            <CopyButton text={id} label="Copy the id" />
          </span>
        ))}
        {row.look.decoded !== null && (
          <div>
            <span className="mute">Wraps</span> <span className="mono">{row.look.decoded}</span>
          </div>
        )}
        {typeof expected === 'string' && (
          <div>
            <span className="mute">Expected</span> {expected}
          </div>
        )}
      </div>
      <dl className="id-map-places">
        {places.map(({ key, step, title, events }) => (
          <div key={key}>
            <dt className="mute">
              Step {step + 1}, {title.toLowerCase()}
            </dt>
            <dd>
              {events.slice(0, MAX_LINKS).map((event) => (
                <button key={event} type="button" className="link" onClick={() => select({ step, event, view: 'timeline' })}>
                  event {event}
                </button>
              ))}
              {events.length > MAX_LINKS && <span className="mute">and {events.length - MAX_LINKS} more</span>}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
