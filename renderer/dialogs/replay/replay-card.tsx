/** One replay: where it is served and what was asked, or how far it is and what came out. */
import type { ReactElement } from 'react';
import type { Replay } from '../../../proxy-core/protocol/api/handover-api.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { formatTime, plural } from '../../components/format.ts';
import { SignIcon, type Sign } from '../../components/glyph.tsx';
import { Progress } from '../../components/progress.tsx';
import { openComparison } from '../../model/handover/open-comparison.ts';
import { useReplays } from '../../model/handover/replay-store.ts';
import { useSelection } from '../../model/selection.ts';
import { useUi } from '../../model/ui-store.ts';

const SIGNS: Record<Replay['status'], Sign> = { serving: 'live', running: 'live', done: 'ok', failed: 'error', cancelled: 'left' };
const TITLES: Record<Replay['mode'], string> = { serve: 'Served', retranslate: 'Translated again', resend: 'Sent again' };

export function ReplayCard({ replay }: { replay: Replay }): ReactElement {
  const remove = useReplays((state) => state.remove);
  const isOpen = replay.status === 'running' || replay.status === 'serving';
  const action = replay.status === 'serving' ? 'Stop serving' : replay.status === 'running' ? 'Cancel' : 'Forget';
  return (
    <article className="replay-card box" aria-label={TITLES[replay.mode]}>
      <header>
        <SignIcon sign={SIGNS[replay.status]} label={replay.status} />
        <span className="strong">{TITLES[replay.mode]}</span>
        <span className="dim grow" role="status">
          {replay.mode === 'serve' ? plural(replay.done, 'request') : `${replay.done} of ${replay.total} steps`}
          {replay.status === 'failed' && ', failed'}
          {replay.status === 'cancelled' && ', cancelled'}
        </span>
        <button type="button" className={`btn${isOpen ? '' : ' ghost'}`} onClick={() => void remove(replay.id)}>
          {action}
        </button>
      </header>
      {replay.status === 'running' && <Progress label={`${TITLES[replay.mode]}, steps`} value={replay.done} max={replay.total} />}
      {replay.baseURL !== undefined && <Served replay={replay} address={replay.baseURL} />}
      {replay.notes.length > 0 && (
        <ul className={replay.status === 'failed' ? 'err' : 'dim'}>
          {replay.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {replay.sessionId !== undefined && replay.done > 0 && <Result replay={replay} sessionId={replay.sessionId} />}
    </article>
  );
}

function Served(props: { replay: Replay; address: string }): ReactElement {
  const asked = props.replay.asked ?? [];
  return (
    <>
      <div className="address-line">
        <span className="mono trunc grow">{props.address}</span>
        <CopyButton text={props.address} label="Copy the address" />
      </div>
      {asked.length === 0 ? (
        <p className="dim">Nobody has asked yet.</p>
      ) : (
        <ol className="asked" aria-label="What was asked" tabIndex={0}>
          {asked.toReversed().map((one, index) => (
            <li key={asked.length - index}>
              <span className="mute">{formatTime(one.at)}</span>
              <span className="mono trunc grow">
                {one.method} {one.path}
              </span>
              <span>answered by step {one.step + 1}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function Result(props: { replay: Replay; sessionId: string }): ReactElement {
  const select = useSelection((state) => state.select);
  const close = (): void => useUi.getState().set({ dialog: null });
  return (
    <div className="modal-actions">
      <button
        type="button"
        className="btn"
        onClick={() => {
          close();
          select({ sessionId: props.sessionId, view: null });
        }}
      >
        Open the new session
      </button>
      <button
        type="button"
        className="btn"
        onClick={() => {
          close();
          void openComparison(props.replay.replayOf, props.sessionId);
        }}
      >
        Compare with the original
      </button>
    </div>
  );
}
