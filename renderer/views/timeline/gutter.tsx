/** The names of the lanes, left of the plot; what is wrong with a lane is said here in words. */
import type { ReactElement } from 'react';
import type { Step } from '../../../proxy-core/protocol/api/control-api.ts';
import type { Lane } from '../../model/timeline/lanes.ts';
import type { LaneRow } from '../../model/timeline/layout.ts';
import type { Scene } from '../../model/timeline/scene.ts';
import { providerOf } from '../../model/route.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';

export function Gutter(props: { scene: Scene; step: Step; width: number; isNarrow: boolean }): ReactElement {
  return (
    <div className="gutter" style={{ width: props.width }}>
      {props.scene.layout.rows.map((row) => (
        <GutterRow key={`${row.kind}-${row.top}`} row={row} step={props.step} isNarrow={props.isNarrow} />
      ))}
    </div>
  );
}

function GutterRow(props: { row: LaneRow; step: Step; isNarrow: boolean }): ReactElement | null {
  const session = useSession((state) => state.session);
  const { row } = props;
  const style = { top: row.top, height: row.height };
  if (row.kind === 'axis') return null;
  if (row.kind === 'upstream') {
    return (
      <div className="gutter-row centred" style={style} title={providerOf(session, props.step)}>
        <span className="lane-side">{props.step.gateway ? 'Gateway’s upstream' : 'Upstream'}</span>
        {!props.isNarrow && !props.step.gateway && <span className="mute trunc">{providerOf(session, props.step)}</span>}
      </div>
    );
  }
  if (row.kind === 'response') {
    return (
      <div className="gutter-row centred" style={style}>
        <span>Response</span>
      </div>
    );
  }
  if (row.kind === 'quiet') {
    return (
      <div className="gutter-row quiet" style={style} title={`${row.quiet.length} lanes closed without findings`}>
        {row.quiet.length} quiet
      </div>
    );
  }
  return row.lane === null ? null : <LaneName row={row} lane={row.lane} isNarrow={props.isNarrow} style={style} />;
}

/** Longer names take the whole gutter. */
const MAX_NAME_BESIDE = 10;

function LaneName(props: { row: LaneRow; lane: Lane; isNarrow: boolean; style: { top: number; height: number } }): ReactElement {
  const { row, lane } = props;
  const hover = useSelection((state) => state.hover);
  const kind = lane.kind === 'call' ? (lane.name ?? 'call') : lane.kind === 'other' ? 'item' : lane.kind;
  const count = lane.ghostIds.size;
  const per = lane.ghosts.length === count ? (props.isNarrow ? '1 delta each' : 'one delta each') : `${lane.ghosts.length} events`;
  return (
    <div className="gutter-row" style={props.style} onMouseEnter={() => hover(lane.id)} onMouseLeave={() => hover(null)}>
      <div className="lane-name">
        <span className="trunc">
          <span className={lane.isAnnounced ? '' : 'mute'}>{row.number}</span> {kind}
        </span>
        {lane.isAnnounced && !props.isNarrow && kind.length <= MAX_NAME_BESIDE && <span className="mute">announced</span>}
      </div>
      {!lane.isAnnounced && <div className="lane-fault err">never announced</div>}
      {row.ghostCentre !== null && (
        <div className="lane-ghosts">
          <div className="trunc">
            {count === 1 ? '1 id' : `${count} ids`}, {per}
          </div>
          <div className="err">never announced</div>
        </div>
      )}
    </div>
  );
}
