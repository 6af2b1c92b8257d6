/** The upstream chunk that caused the event, as it arrived, and what else came of it. */
import { valueAt } from '../../../model/columns.ts';
import { useEffect, type ReactElement } from 'react';
import type { Step } from '../../../../proxy-core/protocol/api/control-api.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { formatBytes, plural } from '../../../components/format.ts';
import { dataKey, useEventData } from '../../../model/event-data-store.ts';
import { useSelection } from '../../../model/selection.ts';
import type { StepTrack } from '../../../model/step-track.ts';
import { VisibleText } from './visible-text.tsx';

const MAX_NAMED = 12;

export function ChunkTab(props: { step: Step; track: StepTrack; event: number; chunk: number }): ReactElement {
  const { step, track, chunk } = props;
  // With a gateway recorded on both sides the lane shows its own call.
  const sourceId = track.gateway?.stepId ?? step.id;
  const row = useEventData((state) => state.chunks.get(dataKey(sourceId, chunk)));
  const error = useEventData((state) => state.errors.get(`chunks:${dataKey(sourceId, chunk)}`));
  const want = useEventData((state) => state.wantChunk);
  const select = useSelection((state) => state.select);
  useEffect(() => want(sourceId, chunk), [want, sourceId, chunk]);
  if (row === undefined)
    return error === undefined ? <div className="details-skeleton" aria-hidden="true" /> : <p className="err">{error}</p>;
  const effects: number[] = [];
  const first = track.chunkEvent[chunk] ?? -1;
  for (let i = Math.max(0, first); first >= 0 && i < track.count && effects.length <= MAX_NAMED; i += 1)
    if (track.chunk[i] === chunk) effects.push(i);
  const atMs = valueAt(track.chunkMs, chunk);
  const lagMs = valueAt(track.tMs, props.event) - atMs;
  return (
    <div className="chunk-tab">
      <div className="details-line">
        <span className="grow">
          {track.gateway === null ? 'chunk' : `${track.gateway.upstream} to ${step.upstream}, chunk`} {chunk} at {atMs.toFixed(1)} ms,{' '}
          {formatBytes(row.size)}
          <span className="mute">, {lagMs >= 0 ? `${lagMs.toFixed(1)} ms before this event` : 'after this event'}</span>
        </span>
        <CopyButton text={row.text} label="Copy the chunk" />
      </div>
      <VisibleText text={row.text} />
      <Before track={track} chunk={chunk} sourceId={sourceId} />
      <div className="effects">
        <span className="mute">{track.gateway === null ? 'It caused' : 'Sent after it'}</span>
        {effects.slice(0, MAX_NAMED).map((event) => (
          <button key={event} type="button" className="link" onClick={() => select({ event })}>
            event {event}
          </button>
        ))}
        {effects.length > MAX_NAMED && <span className="mute">and more</span>}
      </div>
    </div>
  );
}

const MAX_BEFORE = 12;

/** Chunks just before it of which no event came: together with it they led to the event. */
function Before(props: { track: StepTrack; chunk: number; sourceId: string }): ReactElement | null {
  const { track, chunk, sourceId } = props;
  const want = useEventData((state) => state.wantChunk);
  const chunks = useEventData((state) => state.chunks);
  let first = chunk;
  while (first > 0 && chunk - first < MAX_BEFORE && track.chunkEvent[first - 1] === -1) first -= 1;
  useEffect(() => {
    if (first < chunk) want(sourceId, first);
  }, [want, sourceId, first, chunk]);
  if (first === chunk) return null;
  return (
    <div className="chunks-before">
      <span className="mute">{plural(chunk - first, 'chunk')} before it caused no event</span>
      {Array.from({ length: chunk - first }, (_, i) => first + i).map((index) => {
        const before = chunks.get(dataKey(sourceId, index));
        return (
          <details key={index}>
            <summary>
              chunk {index} at {valueAt(track.chunkMs, index).toFixed(1)} ms
              {before === undefined ? '' : `, ${formatBytes(before.size)}`}
            </summary>
            {before !== undefined && <VisibleText text={before.text} label={`Bytes of chunk ${index}`} />}
          </details>
        );
      })}
    </div>
  );
}
