/** Between two steps: which tools the client ran, for how long, and what it sent back that it should not have. */
import type { ReactElement } from 'react';
import type { Step } from '../../../proxy-core/protocol/api/control-api.ts';
import { asArray, asObject, asString } from '../../../proxy-core/protocol/json.ts';
import { formatMs } from '../../components/format.ts';
import { IdChip } from '../../components/id-chip.tsx';
import { lookOf } from '../../model/id-registry.ts';
import { useSession } from '../../model/session-store.ts';
import type { StepTrack } from '../../model/step-track.ts';

export function ToolRow(props: { step: Step; next: Step; isNarrow: boolean }): ReactElement {
  const { step, next } = props;
  const detail = useSession((state) => state.details.get(next.id));
  const track = useSession((state) => state.tracks.get(step.id));
  const registry = useSession((state) => state.registry);
  const gapMs = Math.max(0, (next.startedAt - (step.startedAt + (step.durationMs ?? 0) * 1000)) / 1000);
  const input = asArray(asObject(detail?.request.body)['input']).map(asObject);
  const outputs = new Set(
    input.flatMap((item) => (asString(item['type'])?.endsWith('call_output') === true ? (asString(item['call_id']) ?? []) : [])),
  );
  const lanes = track?.lanes.lanes.filter((lane) => lane.kind === 'call' && lane.name !== null) ?? [];
  const first = lanes[0];
  const hasOutput = first !== undefined && (outputs.has(first.id) || outputs.size > 0);
  const names = [...new Set(lanes.map((lane) => lane.name))].join(', ');
  const leaked =
    track === undefined
      ? null
      : leakedInput(
          track,
          input.flatMap((item) => asString(item['id']) ?? []),
        );
  return (
    <div className="tool-row">
      {first === undefined ? (
        <span className="mute">client waited {formatMs(gapMs)}</span>
      ) : (
        <>
          <IdChip id={first.id} isGhost={false} />
          <span className="dim trunc">
            {props.isNarrow
              ? `client ran ${names}, ${formatMs(gapMs)}`
              : `client ran ${names} for ${formatMs(gapMs)}${hasOutput ? '; output sent back with the same call_id' : '; no output came back'}`}
          </span>
        </>
      )}
      <span className="grow" />
      {leaked !== null && !props.isNarrow && (
        <span className="warn trunc">input also returns {lookOf(registry, leaked).label}, which was never announced</span>
      )}
    </div>
  );
}

/** An id in the next request that this step used without announcing it. */
function leakedInput(track: StepTrack, ids: readonly string[]): string | null {
  return ids.find((id) => track.uses.get(id)?.isAnnounced === false) ?? null;
}
