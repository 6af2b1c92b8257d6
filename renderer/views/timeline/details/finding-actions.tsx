/** What can be done about a finding's step: see it mended, or reduced to the events that matter. */
import { Shrink, Wrench } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Step } from '../../../../proxy-core/protocol/api/control-api.ts';
import { openRepair } from '../../../model/handover/open-comparison.ts';
import { useRepro } from '../../../model/handover/repro-store.ts';
import { useSession } from '../../../model/session-store.ts';

export function FindingActions(props: { step: Step; rule: string; isEvent: boolean }): ReactElement | null {
  const { step, rule, isEvent } = props;
  const position = useSession((state) => state.session?.steps.findIndex(({ id }) => id === step.id) ?? -1);
  if (position < 0 || step.eventCount === 0) return null;
  return (
    <>
      <button type="button" className="btn" title="Preview a repair of this step" onClick={() => openRepair(position, step.id)}>
        <Wrench className="icon" aria-hidden="true" />
        Repair
      </button>
      {isEvent && (
        <button type="button" className="btn" onClick={() => useRepro.getState().open(step.id, { kind: 'rule', name: rule })}>
          <Shrink className="icon" aria-hidden="true" />
          Minimal repro
        </button>
      )}
    </>
  );
}
