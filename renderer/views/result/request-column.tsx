/** What the client asked, and what went to the upstream for it. */
import { useState, type ReactElement } from 'react';
import type { StepDetail } from '../../../proxy-core/protocol/api/control-api.ts';
import { JsonTree } from '../../components/json-tree.tsx';
import { Tabs } from '../../components/tabs.tsx';

export function RequestColumn(props: { detail: StepDetail | undefined }): ReactElement {
  const { detail } = props;
  const [tab, setTab] = useState('client');
  const attempts = detail?.upstreamRequests ?? [];
  const tabs = [
    { id: 'client', title: 'Client asked' },
    ...attempts.map((attempt) => ({
      id: `upstream-${attempt.attempt}`,
      title: attempts.length === 1 ? 'Sent upstream' : `Sent upstream, attempt ${attempt.attempt + 1}`,
    })),
  ];
  const attempt = attempts.find((candidate) => `upstream-${candidate.attempt}` === tab);
  return (
    <div className="result-column" tabIndex={0} role="region" aria-label="Request">
      <Tabs
        label="Request"
        look="underline-tabs"
        tabs={tabs}
        value={attempt === undefined ? 'client' : tab}
        panelId="request-body"
        onChange={setTab}
      />
      <div id="request-body" role="tabpanel" aria-label="Request body">
        {detail === undefined ? (
          <div className="details-skeleton" aria-hidden="true" />
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
