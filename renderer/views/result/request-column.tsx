/** What the client asked, and what went to the upstream for it. */
import { useState, type ReactElement } from 'react';
import type { Step, StepDetail } from '../../../proxy-core/protocol/api/control-api.ts';
import { JsonTree } from '../../components/json-tree.tsx';
import { SignIcon, toSign } from '../../components/glyph.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { describeCall } from '../../model/gateway-calls.ts';
import { hopName } from '../../model/route.ts';
import { useSelection } from '../../model/selection.ts';

export function RequestColumn(props: { detail: StepDetail | undefined }): ReactElement {
  const { detail } = props;
  const [tab, setTab] = useState('client');
  const attempts = detail?.upstreamRequests ?? [];
  const calls = detail?.innerSteps ?? [];
  const tabs = [
    { id: 'client', title: 'Client asked' },
    ...attempts.map((attempt) => ({
      id: `upstream-${attempt.attempt}`,
      title: attempts.length === 1 ? 'Sent upstream' : `Sent upstream, attempt ${attempt.attempt + 1}`,
    })),
    ...(calls.length > 0 ? [{ id: 'gateway', title: `${hopName(detail?.upstream ?? 'gateway')}’s calls` }] : []),
  ];
  const attempt = attempts.find((candidate) => `upstream-${candidate.attempt}` === tab);
  return (
    <div className="result-column" tabIndex={0} role="region" aria-label="Request">
      <Tabs
        label="Request"
        look="underline-tabs"
        tabs={tabs}
        value={tabs.some(({ id }) => id === tab) ? tab : 'client'}
        panelId="request-body"
        onChange={setTab}
      />
      <div id="request-body" role="tabpanel" aria-label="Request body">
        {detail === undefined ? (
          <div className="details-skeleton" aria-hidden="true" />
        ) : tab === 'gateway' && calls.length > 0 ? (
          <GatewayCalls step={detail} calls={calls} />
        ) : attempt === undefined ? (
          <>
            <p className="mono dim">
              {detail.request.method} {detail.request.path}
            </p>
            <JsonTree rootName="request" value={detail.request.body} />
            {detail.warnings.map((warning) => (
              <p key={`${warning.code}-${warning.param ?? ''}`} className="warn">
                {warning.message}
              </p>
            ))}
          </>
        ) : (
          <>
            <p className="mono dim">
              {attempt.method} {attempt.url} {attempt.status ?? ''}
            </p>
            {attempt.error !== null && <p className="err">{attempt.error}</p>}
            <JsonTree rootName="request" value={attempt.body} />
          </>
        )}
      </div>
    </div>
  );
}

/** What a gateway, recorded on its other side too, asked its own upstream for this step. */
function GatewayCalls(props: { step: Step; calls: readonly Step[] }): ReactElement {
  const select = useSelection((state) => state.select);
  return (
    <ol className="gateway-calls">
      {props.calls.map((call) => (
        <li key={call.id}>
          <SignIcon sign={toSign(call.status, call.findingCounts)} label={call.status} />
          <button type="button" className="link" onClick={() => select({ sessionId: call.sessionId, step: call.index })}>
            {call.method} {call.path} to {hopName(call.upstream)}
          </button>
          <span className="dim">{describeCall(call, props.step)}</span>
          {call.error !== null && <span className="err">{call.error}</span>}
        </li>
      ))}
    </ol>
  );
}
