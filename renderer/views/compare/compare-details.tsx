/** What differs in the selected row, value beside value, and which ids stand for each other. */
import type { ReactElement } from 'react';
import type { ComparedSide, StepComparison } from '../../../proxy-core/protocol/api/handover-api.ts';
import type { ComparisonRow, StreamDifference } from '../../../proxy-core/protocol/diff/diff-streams.ts';
import { IdChip } from '../../components/id-chip.tsx';
import { useCompare } from '../../model/handover/compare-store.ts';
import { KIND_WORDS, toText, toValueParts, type ValueParts } from '../../model/handover/comparison-words.ts';
import { useSelection } from '../../model/selection.ts';

const MAX_SHOWN = 60;
const MAX_IDS = 200;

export function CompareDetails({ comparison }: { comparison: StepComparison }): ReactElement {
  const selected = useCompare((state) => state.selected);
  const row = selected === null ? undefined : comparison.rows[selected];
  return (
    <aside className="compare-details" aria-label="What differs" tabIndex={0}>
      {row === undefined ? <p className="dim">Select a row to see both sides.</p> : <RowDetails row={row} comparison={comparison} />}
      <Ids comparison={comparison} />
    </aside>
  );
}

function RowDetails(props: { row: ComparisonRow; comparison: StepComparison }): ReactElement {
  const { row, comparison } = props;
  const changed = row.differences.filter(({ kind }) => kind === 'changed');
  const whole = row.differences.find(({ kind }) => kind === 'missing' || kind === 'extra');
  return (
    <section>
      <h3>
        <span className="kind-sign">{KIND_WORDS[row.kind].sign}</span> {row.role}
      </h3>
      <p className="event-links">
        <EventLink side={comparison.left} at={row.left} title="Left" />
        <EventLink side={comparison.right} at={row.right} title="Right" />
      </p>
      {row.kind === 'equal' && <p className="dim">Nothing but ids, chunk borders and time differs here.</p>}
      {row.isMoved && <p className="dim">It stands at another place among the events of the right side.</p>}
      {changed.slice(0, MAX_SHOWN).map((difference) => (
        <Values key={difference.path} difference={difference} />
      ))}
      {changed.length > MAX_SHOWN && <p className="dim">{changed.length - MAX_SHOWN} more fields differ.</p>}
      {whole !== undefined && (
        <>
          <h4>{whole.kind === 'missing' ? 'Only on the left' : 'Only on the right'}</h4>
          <pre className="value mono">{toText(whole.kind === 'missing' ? whole.left : whole.right)}</pre>
        </>
      )}
    </section>
  );
}

function EventLink(props: { side: ComparedSide; at: ComparisonRow['left']; title: string }): ReactElement {
  const { side, at, title } = props;
  const select = useSelection((state) => state.select);
  if (at === null) return <span className="dim">{title}: not there</span>;
  if (side.isRepaired)
    return (
      <span className="dim">
        {title}: event {at.event} when repaired
      </span>
    );
  return (
    <button
      type="button"
      className="link"
      onClick={() => select({ sessionId: side.sessionId, step: side.step, event: at.event, view: null })}
    >
      {title}: event {at.event} of step {side.step + 1}
    </button>
  );
}

function Values({ difference }: { difference: StreamDifference }): ReactElement {
  const { left, right } = toValueParts(difference.left, difference.right);
  return (
    <div className="values">
      <h4 className="mono">{difference.path}</h4>
      <dl>
        <dt>Left</dt>
        <dd>
          <Value parts={left} isAbsent={difference.left === null} />
        </dd>
        <dt>Right</dt>
        <dd>
          <Value parts={right} isAbsent={difference.right === null} />
        </dd>
      </dl>
    </div>
  );
}

function Value(props: { parts: ValueParts; isAbsent: boolean }): ReactElement {
  if (props.isAbsent) return <span className="dim">not there, or null</span>;
  const { head, differing, tail } = props.parts;
  return (
    <pre className="value mono">
      {head}
      <b>{differing}</b>
      {tail}
    </pre>
  );
}

function Ids({ comparison }: { comparison: StepComparison }): ReactElement | null {
  const renamed = comparison.ids.filter(({ left, right }) => left !== right);
  const same = comparison.ids.length - renamed.length;
  if (comparison.ids.length === 0) return null;
  return (
    <section>
      <h3>Ids that stand for each other</h3>
      {renamed.length > 0 && (
        <table className="id-pairs">
          <thead className="offscreen">
            <tr>
              <th>Left</th>
              <th>Right</th>
            </tr>
          </thead>
          <tbody>
            {renamed.slice(0, MAX_IDS).map(({ left, right }) => (
              <tr key={left}>
                <td>
                  <IdChip id={left} />
                </td>
                <td>
                  <IdChip id={right} isGhost={false} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="dim">
        {renamed.length > MAX_IDS && `${renamed.length - MAX_IDS} more. `}
        {same > 0 && `${same} ${same === 1 ? 'id is' : 'ids are'} the same on both sides.`}
      </p>
    </section>
  );
}
