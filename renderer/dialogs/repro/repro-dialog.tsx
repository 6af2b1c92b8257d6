/** A failing stream down to the few events that matter: for which rule or client, how far it is, what came out. */
import { useEffect, useMemo, type ReactElement } from 'react';
import { Progress } from '../../components/progress.tsx';
import { plural } from '../../components/format.ts';
import { useRepro, type ReproTarget } from '../../model/handover/repro-store.ts';
import { useSession } from '../../model/session-store.ts';
import { clientTitle } from '../../model/verdicts.ts';
import { Modal } from '../../shell/modal.tsx';
import { ReproResultView } from './repro-result.tsx';
import './repro.css';

export function ReproDialog(): ReactElement | null {
  const stepId = useRepro((state) => state.stepId);
  const phase = useRepro((state) => state.phase);
  const target = useRepro((state) => state.target);
  const error = useRepro((state) => state.error);
  const result = useRepro((state) => state.result);
  const place = useSession((state) => state.session?.steps.findIndex(({ id }) => id === stepId) ?? -1);
  useEffect(() => () => useRepro.getState().cancel(), []);
  if (stepId === null) return null;
  return (
    <Modal title="Minimal repro" {...(place < 0 ? {} : { note: `step ${place + 1}` })} className="repro-dialog">
      <div className="modal-body">
        <p className="dim">
          Events are left out, one after another, as long as the same thing still fails. Every try is a real run of the linter or of the
          client, on this machine.
        </p>
        <TargetRow stepId={stepId} />
        {phase === 'running' && <Running />}
        {error !== null && (
          <p className="err" role="alert">
            It can’t be reduced. {error}
          </p>
        )}
        {result !== null && <ReproResultView result={result} />}
        {phase !== 'running' && result === null && (
          <div className="modal-actions">
            <button type="button" className="btn primary" disabled={target === null} onClick={() => void useRepro.getState().run()}>
              {phase === 'error' ? 'Try again' : 'Reduce'}
            </button>
          </div>
        )}
      </div>
    </Modal>
  );
}

function TargetRow({ stepId }: { stepId: string }): ReactElement {
  const target = useRepro((state) => state.target);
  const phase = useRepro((state) => state.phase);
  const choose = useRepro((state) => state.choose);
  const loadVerdicts = useSession((state) => state.loadVerdicts);
  useEffect(() => void loadVerdicts(stepId), [stepId, loadVerdicts]);
  const { rules, clients } = useTargets(stepId);
  useEffect(() => {
    const first = rules[0];
    if (target === null && first !== undefined) choose({ kind: 'rule', name: first.name });
  }, [target, rules, choose]);
  return (
    <label className="setting">
      <span>What has to fail still</span>
      <select
        className="text-field repro-target"
        disabled={phase === 'running'}
        value={target === null ? '' : `${target.kind} ${target.name}`}
        onChange={(event) => {
          const [kind, name = ''] = event.target.value.split(' ');
          choose({ kind: kind === 'client' ? 'client' : 'rule', name });
        }}
      >
        {target === null && <option value="">Choose a rule or a client</option>}
        {rules.length > 0 && <optgroup label="Rules that it breaks">{rules.map(toOption)}</optgroup>}
        {clients.length > 0 && <optgroup label="Clients that fail on it">{clients.map(toOption)}</optgroup>}
      </select>
    </label>
  );
}

interface Option extends ReproTarget {
  title: string;
}

function toOption({ kind, name, title }: Option): ReactElement {
  return (
    <option key={name} value={`${kind} ${name}`}>
      {title}
    </option>
  );
}

/** Errors before warnings; clients that were run and did not do all right. */
function useTargets(stepId: string): { rules: Option[]; clients: Option[] } {
  const findings = useSession((state) => state.tracks.get(stepId)?.findings);
  const verdicts = useSession((state) => state.verdicts.get(stepId));
  return useMemo(() => {
    const names = new Set(
      ['error', 'warning', 'note'].flatMap((severity) =>
        (findings ?? []).filter((one) => one.severity === severity).map(({ rule }) => rule),
      ),
    );
    const failing = Array.isArray(verdicts) ? verdicts.filter(({ outcome, basis }) => outcome !== 'ok' && basis === 'ran') : [];
    return {
      rules: [...names].map((name) => ({ kind: 'rule', name, title: name })),
      clients: failing.map((verdict) => ({ kind: 'client', name: verdict.client, title: clientTitle(verdict) })),
    };
  }, [findings, verdicts]);
}

function Running(): ReactElement {
  const progress = useRepro((state) => state.progress);
  const removed = progress === null ? 0 : progress.total - progress.left;
  return (
    <div className="repro-running">
      <Progress label="Events left out" value={removed} max={progress?.total ?? 1} />
      <span className="dim grow" role="status">
        {progress === null
          ? 'Making sure that it fails'
          : `${plural(progress.left, 'event')} left of ${progress.total}, ${plural(progress.tries, 'try', 'tries')}`}
      </span>
      <button type="button" className="btn" onClick={() => useRepro.getState().cancel()}>
        Cancel
      </button>
    </div>
  );
}
