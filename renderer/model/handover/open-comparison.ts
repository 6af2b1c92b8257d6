/** Shows two steps side by side: of two sessions, or a stream beside what repair would make of it. */
import { REPAIRED } from '../../../proxy-core/protocol/api/handover-api.ts';
import { control } from '../../services/control-client.ts';
import { useSelection } from '../selection.ts';
import { useUi } from '../ui-store.ts';

/** The first session at the left, and the same step of both. */
export async function openComparison(leftSession: string, rightSession: string, step = 0): Promise<void> {
  try {
    const right = await control.session(rightSession);
    const other = right.steps[step] ?? right.steps[0];
    useSelection.getState().select({ sessionId: leftSession, step, view: 'compare', with: other?.id ?? null });
  } catch (error) {
    useUi.getState().toast(`They can’t be compared. ${error instanceof Error ? error.message : ''}`, 'error');
  }
}

export function openRepair(step: number, stepId: string): void {
  useSelection.getState().select({ step, view: 'compare', with: `${REPAIRED}${stepId}` });
}
