/** Which real clients this session breaks, step by step, and what they say. */
import { ChevronLeft, RefreshCw } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import { SignIcon, type Sign } from '../../components/glyph.tsx';
import { useIdMap } from '../../model/id-map-store.ts';
import { useSession } from '../../model/session-store.ts';
import { useUi } from '../../model/ui-store.ts';
import { countOutcomes, toVerdictRows, type VerdictRow } from '../../model/verdicts.ts';
import type { Verdict } from '../../../proxy-core/protocol/api/control-api.ts';
import { ReproButton } from './repro-button.tsx';
import './id-map.css';

const SIGN: Record<Verdict['outcome'], Sign> = { ok: 'ok', error: 'error', wrong: 'wrong', hang: 'hang' };
const WORD: Record<Verdict['outcome'], string> = { ok: 'works', error: 'fails', wrong: 'silently wrong', hang: 'hangs' };
const MAX_STEP_COLUMNS = 6;

/** `onBack`: shown instead of the map, and the way back to it. */
export function VerdictsPane(props: { onBack?: () => void }): ReactElement {
  const session = useSession((state) => state.session);
  const verdicts = useSession((state) => state.verdicts);
  const load = useSession((state) => state.loadVerdicts);
  const run = useSession((state) => state.runVerdicts);
  const toast = useUi((state) => state.toast);
  const [isBusy, setIsBusy] = useState(false);
  const steps = session?.steps ?? [];
  const stepIds = steps.map((step) => step.id).join(' ');
  useEffect(() => {
    for (const id of stepIds.split(' ')) if (id !== '') void load(id);
  }, [stepIds, load]);
  const perStep = steps.map((step) => {
    const known = verdicts.get(step.id);
    return Array.isArray(known) ? known : [];
  });
  const isUnavailable = steps.length > 0 && steps.every((step) => verdicts.get(step.id) === 'unavailable');
  const rows = toVerdictRows(perStep);
  const counts = countOutcomes(rows);
  const runAll = async (): Promise<void> => {
    setIsBusy(true);
    try {
      for (const step of steps) await run(step.id);
    } catch (error) {
      toast(`The clients could not be run. ${error instanceof Error ? error.message : ''}`, 'error');
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <aside className="verdicts" aria-label="Who breaks on this session" data-pane="verdicts">
      <header>
        {props.onBack !== undefined && (
          <button type="button" className="icon-button small" aria-label="Back to the ids" title="Back to the ids" onClick={props.onBack}>
            <ChevronLeft className="icon" aria-hidden="true" />
          </button>
        )}
        <h2 className="grow">Who breaks on this session</h2>
        {!isUnavailable && (
          <button type="button" className="btn ghost" disabled={isBusy || steps.length === 0} onClick={() => void runAll()}>
            <RefreshCw className="icon" aria-hidden="true" />
            {isBusy ? 'Running' : rows.length === 0 ? 'Run the clients' : 'Run again'}
          </button>
        )}
      </header>
      {rows.length === 0 ? (
        <p className="verdicts-empty dim">
          {isUnavailable
            ? 'This bridge can’t run clients.'
            : 'Run the real clients on the recorded bytes to see which of them this stream breaks. Nothing is sent anywhere.'}
        </p>
      ) : (
        <>
          <div className="verdict-counts">
            {counts.fail > 0 && (
              <span>
                <SignIcon sign="error" size={13} /> {counts.fail} fail
              </span>
            )}
            {counts.wrong > 0 && (
              <span>
                <SignIcon sign="wrong" size={13} /> {counts.wrong} silently wrong
              </span>
            )}
            {counts.hang > 0 && (
              <span>
                <SignIcon sign="hang" size={13} /> {counts.hang} hang
              </span>
            )}
            <span>
              <SignIcon sign="ok" size={13} /> {counts.fine} fine
            </span>
          </div>
          <div className="verdict-scroll" tabIndex={0} aria-label="Verdicts">
            <VerdictTable rows={rows} stepCount={steps.length} />
          </div>
        </>
      )}
    </aside>
  );
}

const HEADINGS: Record<Verdict['basis'], string> = {
  ran: 'Ran just now, on these bytes',
  predicted: 'Predicted by our model of the client',
};

function VerdictTable(props: { rows: readonly VerdictRow[]; stepCount: number }): ReactElement {
  const shown = Math.min(props.stepCount, MAX_STEP_COLUMNS);
  return (
    <table className="verdict-table">
      <thead>
        <tr>
          <th scope="col">Client</th>
          {Array.from({ length: shown }, (_, step) => (
            <th key={step} scope="col" className="centre">
              Step {step + 1}
            </th>
          ))}
          <th scope="col" className="says">
            It says
          </th>
          <th scope="col">
            <span className="offscreen">Reduce</span>
          </th>
        </tr>
      </thead>
      {(['ran', 'predicted'] as const).map((basis) => {
        const rows = props.rows.filter((row) => row.basis === basis);
        return rows.length === 0 ? null : (
          <tbody key={basis}>
            <tr>
              <th scope="rowgroup" colSpan={shown + 3} className="verdict-basis">
                {HEADINGS[basis]}
              </th>
            </tr>
            {rows.map((row) => (
              <VerdictLine key={row.client} row={row} shown={shown} />
            ))}
          </tbody>
        );
      })}
    </table>
  );
}

function VerdictLine(props: { row: VerdictRow; shown: number }): ReactElement {
  const { row } = props;
  const isOpen = useIdMap((state) => state.client === row.client);
  const set = useIdMap((state) => state.set);
  return (
    <tr className={`${row.outcomes.every((verdict) => verdict?.outcome === 'ok') ? 'fine' : ''}${isOpen ? ' open' : ''}`}>
      <th scope="row" className="trunc">
        {row.title}
      </th>
      {row.outcomes.slice(0, props.shown).map((verdict, step) => (
        <td key={step} className="centre" title={verdict?.message ?? undefined}>
          {verdict === null ? (
            <SignIcon sign="none" label="not reached" />
          ) : (
            <SignIcon sign={SIGN[verdict.outcome]} label={WORD[verdict.outcome]} size={13} />
          )}
        </td>
      ))}
      <td className="says" title={row.message}>
        {row.message !== '' && (
          <button type="button" aria-expanded={isOpen} onClick={() => set({ client: isOpen ? null : row.client })}>
            {row.message}
          </button>
        )}
      </td>
      <td>
        <ReproButton row={row} />
      </td>
    </tr>
  );
}
