/** Beside the snippets: how far it got, which upstreams there are, and where a gateway would stand. */
import type { ReactElement } from 'react';
import type { BridgeInfo, Session } from '../../../proxy-core/protocol/api/control-api.ts';
import { SignIcon } from '../../components/glyph.tsx';
import { clientName } from '../../model/route.ts';
import { useSessions } from '../../model/sessions-store.ts';

export function ConnectAside(): ReactElement {
  const info = useSessions((state) => state.info);
  const isConnected = useSessions((state) => state.isConnected);
  const sessions = useSessions((state) => state.sessions);
  const called = sessions.filter((session) => isCalled(session, info));
  const newest = called[0];
  const hasEnded = called.some((session) => session.status !== 'streaming');
  const port = /:(\d+)/.exec(info?.apiBase ?? location.host)?.[1] ?? '';
  const isLoopback = /127\.0\.0\.1|localhost|\[::1\]/.test(info?.apiBase ?? location.host);
  return (
    <aside className="connect-aside" aria-label="Progress and upstreams">
      <section>
        <h2>Progress</h2>
        <ol className="connect-steps">
          <ProgressStep
            number={1}
            isDone={isConnected}
            isCurrent={!isConnected}
            title={isConnected ? 'Bridge is listening' : 'Bridge is not reachable'}
          >
            Port {port}
            {isLoopback ? ', loopback only' : ''}
          </ProgressStep>
          <ProgressStep number={2} isDone={newest !== undefined} isCurrent={isConnected && newest === undefined} title="First request">
            {newest === undefined ? 'Waiting. Nothing has called yet.' : `Came from ${clientName(newest)}`}
          </ProgressStep>
          <ProgressStep number={3} isDone={hasEnded} isCurrent={newest !== undefined && !hasEnded} title="First stream">
            {hasEnded ? 'Ended. Open it in the list.' : 'Ends with a terminal event'}
          </ProgressStep>
        </ol>
      </section>
      <section>
        <h2>Upstreams</h2>
        <ul className="upstreams">
          {info?.upstreams.map((upstream) => {
            const isMissing = /not set|missing/i.test(upstream.credential);
            return (
              <li key={upstream.name} title={upstream.baseURL}>
                <SignIcon sign={isMissing ? 'left' : 'ok'} label={isMissing ? 'no key' : 'ready'} />
                <strong className="strong">{upstream.name}</strong>
                <span className="dim trunc">{upstream.credential}</span>
                <span className="mute">{upstream.isDefault ? 'default' : ''}</span>
              </li>
            );
          })}
        </ul>
      </section>
      <section>
        <h2>A gateway in between?</h2>
        <p className="dim">Put Deltascope on both sides of it. Then every fault says which hop made it.</p>
        <div className="gateway" role="img" aria-label="client, Deltascope, gateway, Deltascope again, provider">
          <span>client</span>
          <i />
          <span className="ours">Deltascope</span>
          <i />
          <span>LiteLLM</span>
          <i className="tap">
            <b>also recorded here</b>
          </i>
          <span>provider</span>
        </div>
      </section>
    </aside>
  );
}

/** Samples and files that were opened name no client, and upstreams that this bridge has not got: nobody has called for them. */
const isCalled = (session: Session, info: BridgeInfo | null): boolean =>
  session.replayOf === null &&
  (session.client !== null || session.upstreams.some((name) => info?.upstreams.some((upstream) => upstream.name === name)));

function ProgressStep(props: {
  number: number;
  isDone: boolean;
  isCurrent: boolean;
  title: string;
  children: React.ReactNode;
}): ReactElement {
  const state = props.isDone ? 'done' : props.isCurrent ? 'current' : 'waiting';
  return (
    <li className={`progress-step ${state}`} aria-current={props.isCurrent ? 'step' : undefined}>
      <span className="progress-number">
        {props.isDone ? <SignIcon sign="ok" label="done" size={12} /> : props.isCurrent ? <span className="progress-dot" /> : props.number}
      </span>
      <span>
        <strong className="strong">{props.title}</strong>
        <span className="dim">{props.children}</span>
      </span>
    </li>
  );
}
