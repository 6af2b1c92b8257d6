/** Under a step that a gateway answered: every call that the gateway made for it, retries too; each opens as recorded. */
import type { ReactElement } from 'react';
import type { Step } from '../../../proxy-core/protocol/api/control-api.ts';
import { plural } from '../../components/format.ts';
import { SignIcon, toSign } from '../../components/glyph.tsx';
import { describeCall } from '../../model/gateway-calls.ts';
import { hopName } from '../../model/route.ts';
import { useSelection } from '../../model/selection.ts';

const MAX_SHOWN = 4;

export function GatewayRow(props: { step: Step; calls: readonly Step[]; isNarrow: boolean }): ReactElement {
  const { step, calls } = props;
  const select = useSelection((state) => state.select);
  const shown = calls.slice(0, props.isNarrow ? 2 : MAX_SHOWN);
  return (
    <div className="tool-row gateway-row">
      <span className="mute">
        {hopName(step.upstream)} made {plural(calls.length, 'call')}
      </span>
      {shown.map((call, i) => (
        <button
          key={call.id}
          type="button"
          className="gateway-call"
          title={`Open call ${i + 1} as it was recorded: ${call.method} ${call.path}`}
          onClick={() => select({ sessionId: call.sessionId, step: call.index })}
        >
          <SignIcon sign={toSign(call.status, call.findingCounts)} size={12} />
          <span className="link">{hopName(call.upstream)}</span>
          <span className="dim">{describeCall(call, step)}</span>
        </button>
      ))}
      {calls.length > shown.length && <span className="mute">and {calls.length - shown.length} more, in Result</span>}
    </div>
  );
}
