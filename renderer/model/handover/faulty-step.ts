/** The step that repair and repro are about: the selected one when it has errors, else the first that has. */
import type { SessionWithSteps, Step } from '../../../proxy-core/protocol/api/control-api.ts';
import { useSelection } from '../selection.ts';
import { useSession } from '../session-store.ts';

export interface FaultyStep {
  step: Step;
  index: number;
}

export function useFaultyStep(): FaultyStep | null {
  const session = useSession((state) => state.session);
  const selected = useSelection((state) => state.step);
  return find(session, selected);
}

export function findFaultyStep(): FaultyStep | null {
  return find(useSession.getState().session, useSelection.getState().step);
}

function find(session: SessionWithSteps | null, selected: number | null): FaultyStep | null {
  const steps = session?.steps ?? [];
  const isFaulty = (step: Step | undefined): step is Step => step !== undefined && step.findingCounts.error > 0 && step.eventCount > 0;
  const chosen = steps[selected ?? 0];
  const step = isFaulty(chosen) ? chosen : steps.find(isFaulty);
  return step === undefined ? null : { step, index: steps.indexOf(step) };
}
