/** The event as a tree. */
import { useEffect, type ReactElement } from 'react';
import type { Step } from '../../../../proxy-core/protocol/api/control-api.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { JsonTree } from '../../../components/json-tree.tsx';
import { dataKey, useEventData } from '../../../model/event-data-store.ts';

export function EventTab(props: { step: Step; event: number }): ReactElement {
  const { step, event } = props;
  const row = useEventData((state) => state.events.get(dataKey(step.id, event)));
  const error = useEventData((state) => state.errors.get(`events:${dataKey(step.id, event)}`));
  const want = useEventData((state) => state.wantEvent);
  useEffect(() => want(step.id, event), [want, step.id, event]);
  if (row === undefined)
    return error === undefined ? <div className="details-skeleton" aria-hidden="true" /> : <p className="err">{error}</p>;
  return (
    <div className="event-tab">
      <div className="details-line">
        <span className="mono strong trunc grow">{row.type}</span>
        <CopyButton text={() => JSON.stringify(row.data, null, 2)} label="Copy the event as JSON" />
      </div>
      <JsonTree value={row.data} />
    </div>
  );
}
