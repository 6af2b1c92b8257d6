/** What can be done with one step: compared, repaired, reduced. Stands on its header, beside the button that opens it. */
import { EllipsisVertical } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Step } from '../../../proxy-core/protocol/api/control-api.ts';
import { Menu } from '../../components/menu.tsx';
import { openRepair } from '../../model/handover/open-comparison.ts';
import { useRepro } from '../../model/handover/repro-store.ts';
import { useSelection } from '../../model/selection.ts';

export function StepMenu(props: { step: Step; position: number }): ReactElement | null {
  const { step, position } = props;
  const select = useSelection((state) => state.select);
  if (step.eventCount === 0) return null;
  const isFaulty = step.findingCounts.error > 0;
  return (
    <div className="step-menu">
      <Menu
        label={`Actions of step ${position + 1}`}
        items={[
          { label: 'Compare', run: () => select({ step: position, view: 'compare', with: null }) },
          ...(isFaulty
            ? [
                { label: 'Preview repair', run: () => openRepair(position, step.id) },
                { label: 'Minimal repro', run: () => useRepro.getState().open(step.id, null) },
              ]
            : []),
        ]}
      >
        <EllipsisVertical className="icon" aria-hidden="true" />
      </Menu>
    </div>
  );
}
