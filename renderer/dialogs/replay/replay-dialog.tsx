/** A recorded session run again: served to any client, translated again, or sent again. */
import { Play } from 'lucide-react';
import { useEffect, type ReactElement } from 'react';
import type { ReplayMode } from '../../../proxy-core/protocol/api/handover-api.ts';
import { plural } from '../../components/format.ts';
import { Segments } from '../../components/segments.tsx';
import { useCurrentSession } from '../../model/handover/current-session.ts';
import { useReplays, type SpeedChoice } from '../../model/handover/replay-store.ts';
import { useSessions } from '../../model/sessions-store.ts';
import { Modal } from '../../shell/modal.tsx';
import { ReplayCard } from './replay-card.tsx';
import './replay.css';

const MODES: { id: ReplayMode; title: string; what: string; start: string }[] = [
  {
    id: 'serve',
    title: 'Serve',
    what: 'The recorded answers stand at an address of their own, in the recorded pieces. Point any client at it.',
    start: 'Start serving',
  },
  {
    id: 'retranslate',
    title: 'Translate again',
    what: 'The recorded upstream bytes go through this version of the bridge. Nothing is sent; the result is a new session.',
    start: 'Translate again',
  },
  {
    id: 'resend',
    title: 'Send again',
    what: 'The recorded requests go out once more, with the recorded tool outputs; the result is a new session. This may cost money.',
    start: 'Send again',
  },
];
const SPEEDS: { id: SpeedChoice; title: string }[] = [
  { id: 'original', title: 'As recorded' },
  { id: 'scaled', title: 'Scaled' },
  { id: 'max', title: 'Full speed' },
];

export function ReplayDialog(): ReactElement | null {
  const session = useCurrentSession();
  const mode = useReplays((state) => state.mode);
  const change = useReplays((state) => state.change);
  const start = useReplays((state) => state.start);
  const isStarting = useReplays((state) => state.isStarting);
  const error = useReplays((state) => state.error);
  const replays = useReplays((state) => state.replays);
  useEffect(() => useReplays.getState().watch(), []);
  if (session === null) return null;
  const chosen = MODES.find(({ id }) => id === mode) ?? MODES[0];
  const mine = replays.filter((replay) => replay.replayOf === session.id).toReversed();
  return (
    <Modal title="Replay" note={`${session.title}, ${plural(session.stepCount, 'step')}`} className="replay-dialog">
      <div className="modal-body">
        <Segments label="How" options={MODES} value={mode} onChange={(id) => change({ mode: id })} />
        <p className="dim replay-what">{chosen?.what}</p>
        {mode === 'serve' && <SpeedRow />}
        {mode === 'resend' && <UpstreamRow recorded={session.upstreams} />}
        {error !== null && (
          <p className="err" role="alert">
            It did not work. {error}
          </p>
        )}
        <div className="modal-actions">
          <button type="button" className="btn primary" disabled={isStarting} onClick={() => void start(session.id)}>
            <Play className="icon" aria-hidden="true" />
            {chosen?.start}
          </button>
        </div>
        {mine.length > 0 && (
          <section className="replay-list" aria-label="Replays of this session">
            {mine.map((replay) => (
              <ReplayCard key={replay.id} replay={replay} />
            ))}
          </section>
        )}
      </div>
    </Modal>
  );
}

function SpeedRow(): ReactElement {
  const speed = useReplays((state) => state.speed);
  const factor = useReplays((state) => state.factor);
  const change = useReplays((state) => state.change);
  return (
    <div className="setting">
      <span>Speed</span>
      <div className="replay-speed">
        {speed === 'scaled' && (
          <label>
            <input
              className="text-field"
              type="number"
              min={0.1}
              step={0.1}
              value={factor}
              aria-label="Times as fast"
              onChange={(event) => Number(event.target.value) > 0 && change({ factor: Number(event.target.value) })}
            />{' '}
            times as fast
          </label>
        )}
        <Segments label="Speed" options={SPEEDS} value={speed} onChange={(id) => change({ speed: id })} />
      </div>
    </div>
  );
}

function UpstreamRow(props: { recorded: readonly string[] }): ReactElement {
  const upstreams = useSessions((state) => state.info?.upstreams) ?? [];
  const upstream = useReplays((state) => state.upstream);
  const change = useReplays((state) => state.change);
  return (
    <label className="setting">
      <span>Upstream</span>
      <select className="text-field" value={upstream} onChange={(event) => change({ upstream: event.target.value })}>
        <option value="">As recorded ({props.recorded.join(', ')})</option>
        {upstreams.map(({ name, kind }) => (
          <option key={name} value={name}>
            {name} ({kind})
          </option>
        ))}
      </select>
    </label>
  );
}
