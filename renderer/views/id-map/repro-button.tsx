/** Reduces the stream on which a client fails. Only what was run can be run again: predicted verdicts have none. */
import { Shrink } from 'lucide-react';
import type { ReactElement } from 'react';
import { useRepro } from '../../model/handover/repro-store.ts';
import { useSession } from '../../model/session-store.ts';
import type { VerdictRow } from '../../model/verdicts.ts';

export function ReproButton({ row }: { row: VerdictRow }): ReactElement | null {
  const steps = useSession((state) => state.session?.steps) ?? [];
  const failing = steps[row.outcomes.findIndex((verdict) => verdict !== null && verdict.outcome !== 'ok')];
  if (failing === undefined || row.basis !== 'ran') return null;
  const label = `Minimal repro for ${row.title}`;
  return (
    <button
      type="button"
      className="icon-button small"
      aria-label={label}
      title={label}
      onClick={() => useRepro.getState().open(failing.id, { kind: 'client', name: row.client })}
    >
      <Shrink className="icon" aria-hidden="true" />
    </button>
  );
}
