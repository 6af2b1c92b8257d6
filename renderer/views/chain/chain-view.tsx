/** One card per step; what its request points at, with decoded ids, and where that came from. */
import { CornerDownRight } from 'lucide-react';
import { Fragment, useMemo, type ReactElement } from 'react';
import { plural } from '../../components/format.ts';
import { SignIcon } from '../../components/glyph.tsx';
import { IdChip } from '../../components/id-chip.tsx';
import { toChain, type ChainLink, type ChainStep } from '../../model/chain.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import './chain.css';

const MAX_LINKS = 12;
const HOW: Record<ChainLink['how'], string> = {
  previous_response_id: 'continues',
  item_reference: 'refers to item',
  item: 'sends back item',
  'call output': 'answers call',
};

export function ChainView(): ReactElement {
  const session = useSession((state) => state.session);
  const tracks = useSession((state) => state.tracks);
  const details = useSession((state) => state.details);
  const version = useSession((state) => state.version);
  const contents = useMemo(() => ({ session, tracks, details, version }), [session, tracks, details, version]);
  const chain = useMemo(() => toChain(contents.session?.steps ?? [], contents.tracks, contents.details), [contents]);
  return (
    <section className="chain" aria-label="Chain of responses" data-pane="chain" tabIndex={0}>
      <ol>
        {chain.map((entry, i) => (
          <ChainCard key={entry.step.id} entry={entry} position={i} />
        ))}
      </ol>
    </section>
  );
}

function ChainCard(props: { entry: ChainStep; position: number }): ReactElement {
  const { entry, position } = props;
  const { step } = entry;
  const select = useSelection((state) => state.select);
  const isFirst = position === 0;
  const hasPrevious = entry.links.some((link) => link.how === 'previous_response_id');
  return (
    <li className="chain-step">
      <div className="chain-in">
        {entry.inputs.length > 0 && (
          <span className="dim">
            Input: {entry.inputs.map(({ type, count }) => (count === 1 ? type : `${count} × ${type}`)).join(', ')}
          </span>
        )}
        {!isFirst && !hasPrevious && <span className="dim">Full history, no previous_response_id.</span>}
        {entry.links.slice(0, MAX_LINKS).map((link, i) => (
          <LinkLine key={`${link.id}-${i}`} link={link} isFirst={isFirst} />
        ))}
        {entry.links.length > MAX_LINKS && (
          <span className="mute">and {plural(entry.links.length - MAX_LINKS, 'more id', 'more ids')}</span>
        )}
      </div>
      <button
        type="button"
        className="chain-card"
        onClick={() => select({ step: position, view: 'timeline' })}
        title="Open this step in the timeline"
      >
        <SignIcon
          sign={step.status === 'streaming' ? 'live' : step.findingCounts.error > 0 || step.status === 'failed' ? 'error' : 'ok'}
          label={step.status}
        />
        <strong className="step-name">Step {position + 1}</strong>
        <span className="dim">{step.model ?? step.upstream}</span>
        <span className="grow" />
        <span className="dim">{step.status}</span>
      </button>
      <div className="chain-out">
        {entry.responseIds.map((id, i) => (
          <Fragment key={id}>
            {i > 0 && <span className="err">then changes to</span>}
            <IdChip id={id} isFull={entry.responseIds.length === 1} isGhost={i > 0} />
          </Fragment>
        ))}
      </div>
    </li>
  );
}

function LinkLine(props: { link: ChainLink; isFirst: boolean }): ReactElement {
  const { link } = props;
  const select = useSelection((state) => state.select);
  const { from } = link;
  return (
    <div className="chain-link">
      <CornerDownRight className="icon mute" aria-hidden="true" />
      <span className="dim">{HOW[link.how]}</span>
      {from === null ? <IdChip id={link.id} isGhost={!props.isFirst} /> : <IdChip id={link.id} />}
      {link.decoded !== null && (
        <span className="dim">
          wraps <span className="mono">{link.decoded}</span>
        </span>
      )}
      {from === null ? (
        <span className={props.isFirst ? 'mute' : 'warn'}>
          {props.isFirst ? 'from before the recording' : 'not made by an earlier step of this session'}
        </span>
      ) : (
        <button type="button" className="link" onClick={() => select({ step: from, view: 'timeline' })}>
          from step {from + 1}
        </button>
      )}
    </div>
  );
}
