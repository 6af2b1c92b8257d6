/** Provider, what sits in between, client: the hop that made the fault is boxed. */
import type { ReactElement } from 'react';
import type { Step } from '../../../../proxy-core/protocol/api/control-api.ts';
import type { Hop } from '../../../../proxy-core/protocol/lint/finding.ts';
import { SignIcon } from '../../../components/glyph.tsx';
import { gatewayOf } from '../../../model/route.ts';
import { useSession } from '../../../model/session-store.ts';

export function HopChain(props: { step: Step; hop: Hop | null }): ReactElement {
  const session = useSession((state) => state.session);
  const { gateway, provider, client } = gatewayOf(session, props.step);
  const hops: { id: Hop; name: string }[] = [
    { id: 'upstream', name: provider },
    { id: 'bridge', name: gateway },
    { id: 'client', name: client },
  ];
  return (
    <div className="hops">
      {hops.map(({ id, name }, i) => (
        <span key={id} className="hop">
          {i > 0 && <span className="hop-line" />}
          <span className={`hop-name${props.hop === id ? ' bad' : ''}`}>
            {props.hop === id && <SignIcon sign="error" label="made here" size={12} />}
            {props.hop !== null && props.hop !== id && id === 'upstream' && <SignIcon sign="ok" size={12} />}
            {name}
          </span>
        </span>
      ))}
    </div>
  );
}
