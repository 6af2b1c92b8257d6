/** Two steps aligned by role: what to compare on top, the verdict in a sentence, rows, and what differs in one. */
import { useEffect, type ReactElement } from 'react';
import { REPAIRED, type StepComparison } from '../../../proxy-core/protocol/api/handover-api.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { SignIcon } from '../../components/glyph.tsx';
import { useCompare } from '../../model/handover/compare-store.ts';
import { toHeadline } from '../../model/handover/comparison-words.ts';
import { otherSideOf } from '../../model/handover/other-side.ts';
import { useSelectedStep } from '../../model/hooks.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import { useSessions } from '../../model/sessions-store.ts';
import { control } from '../../services/control-client.ts';
import { CompareDetails } from './compare-details.tsx';
import { CompareTable } from './compare-table.tsx';
import { RepairBar } from './repair-bar.tsx';
import { SidePickers } from './side-pickers.tsx';
import './compare.css';

export function CompareView(): ReactElement {
  const { step } = useSelectedStep();
  const other = useSelection((state) => state.with);
  useSuggestedSide();
  const stepId = step?.id ?? null;
  useEffect(() => {
    const { load, clear, left, right } = useCompare.getState();
    if (stepId === null || other === null) clear();
    else if (left !== stepId || right !== other) void load(stepId, other);
  }, [stepId, other]);
  return (
    <div className="compare" data-pane="compare">
      <SidePickers />
      {other?.startsWith(REPAIRED) === true && <RepairBar stepId={other.slice(REPAIRED.length)} />}
      <Comparison hasOther={other !== null} />
    </div>
  );
}

/** Comes without a second step: the likeliest one is put in, so that there is something to see. */
function useSuggestedSide(): void {
  const { step } = useSelectedStep();
  const session = useSession((state) => state.session);
  const isMissing = useSelection((state) => state.with === null);
  useEffect(() => {
    if (!isMissing || step === null || session === null) return;
    const { sessions } = useSessions.getState();
    otherSideOf(step, session, { sessions, load: control.session })
      .then((found) => found !== null && useSelection.getState().with === null && useSelection.getState().select({ with: found }))
      .catch(() => undefined); // the reader can still choose
  }, [isMissing, step, session]);
}

function Comparison(props: { hasOther: boolean }): ReactElement {
  const comparison = useCompare((state) => state.comparison);
  const error = useCompare((state) => state.error);
  if (!props.hasOther) return <p className="pane-message">Choose what to compare this step with.</p>;
  if (error !== null) {
    return (
      <div className="pane-message" role="alert">
        <strong className="strong">These can’t be compared.</strong>
        <span>{error}</span>
        <button type="button" className="btn" onClick={tryAgain}>
          Try again
        </button>
      </div>
    );
  }
  if (comparison === null) return <div className="compare-skeleton skeleton" aria-hidden="true" />;
  return (
    <>
      <Headline comparison={comparison} />
      <div className="compare-columns">
        <CompareTable comparison={comparison} />
        <CompareDetails comparison={comparison} />
      </div>
    </>
  );
}

function tryAgain(): void {
  const { load, left, right } = useCompare.getState();
  if (left !== null && right !== null) void load(left, right);
}

function Headline({ comparison }: { comparison: StepComparison }): ReactElement {
  const isOnlyDifferent = useCompare((state) => state.isOnlyDifferent);
  const setOnlyDifferent = useCompare((state) => state.setOnlyDifferent);
  return (
    <div className="compare-headline">
      <SignIcon sign={comparison.equal ? 'ok' : 'note'} />
      <h2 role="status">{toHeadline(comparison)}</h2>
      <span className="grow" />
      <label className="check">
        <input type="checkbox" checked={isOnlyDifferent} onChange={(event) => setOnlyDifferent(event.target.checked)} /> Only what differs
      </label>
      <CopyButton className="btn ghost" title="Copy link" label="Copy a link to this comparison" text={() => location.href} />
    </div>
  );
}
