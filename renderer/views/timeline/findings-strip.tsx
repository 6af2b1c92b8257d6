/** One chip per broken rule of the step, errors first; a click filters the table and jumps to the first. */
import { useRef, type ReactElement } from 'react';
import { plural } from '../../components/format.ts';
import { SignIcon } from '../../components/glyph.tsx';
import { groupByRule, type RuleGroup } from '../../model/findings.ts';
import { useSelectedStep, useSize } from '../../model/hooks.ts';
import { useSelection } from '../../model/selection.ts';
import { useTable } from '../../model/table-store.ts';
import { selectFinding, walkFindings } from '../../model/walk-findings.ts';

const LABEL_PX = 76;
const TAIL_PX = 150;
/** What the last chip takes: "3 warnings", "2 more, 3 warnings". */
const REST_PX = 110;
const REST_WITH_ERRORS_PX = 170;

/** As many chips as fit; the rest become one. Widths are estimated: 6.4 px a character, 46 px around. */
function splitByRoom(groups: readonly RuleGroup[], room: number): { shown: RuleGroup[]; rest: RuleGroup[] } {
  const errors = groups.filter((group) => group.severity === 'error');
  const others = groups.filter((group) => group.severity !== 'error');
  const shown: RuleGroup[] = [];
  const widths = errors.map((group) => group.rule.length * 6.4 + 52);
  const all = widths.reduce((sum, width) => sum + width, others.length > 0 ? REST_PX : 0);
  let used = all > room ? REST_WITH_ERRORS_PX : 0;
  for (const [i, group] of errors.entries()) {
    used += widths[i] ?? 0;
    if (all > room && used > room) break;
    shown.push(group);
  }
  return { shown, rest: [...errors.slice(shown.length), ...others] };
}

export function FindingsStrip(): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const { width } = useSize(host);
  const { track } = useSelectedStep();
  const stepIndex = useSelection((state) => state.step ?? 0);
  const chosen = useSelection((state) => state.finding);
  const event = useSelection((state) => state.event);
  const position = chosen ?? (event === null ? null : (track?.findingsByEvent.get(event)?.[0] ?? null));
  const filter = useTable((state) => state.filter);
  const setFilter = useTable((state) => state.setFilter);
  const groups = groupByRule(track?.findings ?? []);
  const { shown, rest } = splitByRoom(groups, width - LABEL_PX - TAIL_PX);
  const total = track?.findings.length ?? 0;
  const shownRule = position === null ? null : track?.findings[position]?.rule;
  const isFiltered = (group: RuleGroup): boolean => filter === `rule:${group.rule}`;
  const open = (group: RuleGroup): void => {
    if (isFiltered(group)) {
      setFilter('');
      return;
    }
    selectFinding(
      stepIndex,
      track?.findings.findIndex((finding) => finding.rule === group.rule && finding.severity === group.severity) ?? -1,
    );
    setFilter(`rule:${group.rule}`);
  };
  return (
    <div className="strip" ref={host} data-pane="findings">
      <strong className="strong">Findings</strong>
      {total === 0 && track?.hasFindings === true && (
        <span className="dim strip-none">
          <SignIcon sign="ok" size={13} /> none in this step
        </span>
      )}
      {shown.map((group) => (
        <button
          key={`${group.rule}-${group.severity}`}
          type="button"
          className={`finding-chip${shownRule === group.rule ? ' on' : ''}`}
          aria-pressed={isFiltered(group)}
          title={isFiltered(group) ? 'Show all events again' : `Show the events that break ${group.rule}`}
          onClick={() => open(group)}
        >
          <SignIcon sign={group.severity} label={group.severity} size={13} />
          <b>{group.rule}</b> {group.count}
        </button>
      ))}
      {rest.length > 0 && <RestChip rest={rest} onOpen={open} />}
      <span className="grow" />
      {total > 0 && (
        <span className="strip-walk">
          <span className="dim">
            {position === null ? '–' : position + 1} of {total}
          </span>
          <button type="button" className="kbd" title="Next finding" onClick={() => walkFindings(1)}>
            <span aria-hidden="true">N</span>
            <span className="offscreen">Next finding</span>
          </button>
          <button type="button" className="kbd" title="Previous finding" onClick={() => walkFindings(-1)}>
            <span aria-hidden="true">⇧N</span>
            <span className="offscreen">Previous finding</span>
          </button>
        </span>
      )}
    </div>
  );
}

function RestChip(props: { rest: readonly RuleGroup[]; onOpen: (group: RuleGroup) => void }): ReactElement | null {
  const first = props.rest[0];
  if (first === undefined) return null;
  const errors = props.rest.filter((group) => group.severity === 'error').length;
  const count = (severity: RuleGroup['severity']): number =>
    props.rest.reduce((sum, group) => sum + (group.severity === severity ? group.count : 0), 0);
  const words = [
    errors > 0 ? `${errors} more` : '',
    count('warning') > 0 ? plural(count('warning'), 'warning') : '',
    count('note') > 0 ? plural(count('note'), 'note') : '',
  ].filter((word) => word !== '');
  return (
    <label className="finding-chip rest">
      <SignIcon sign={first.severity} size={13} />
      <span aria-hidden="true">{words.join(', ')}</span>
      <select
        aria-label={`More findings: ${words.join(', ')}`}
        value=""
        onChange={(event) => {
          const group = props.rest.find((candidate) => `${candidate.rule}/${candidate.severity}` === event.target.value);
          if (group !== undefined) props.onOpen(group);
        }}
      >
        <option value="" disabled>
          {words.join(', ')}
        </option>
        {props.rest.map((group) => (
          <option key={`${group.rule}/${group.severity}`} value={`${group.rule}/${group.severity}`}>
            {group.severity}: {group.rule} ({group.count})
          </option>
        ))}
      </select>
    </label>
  );
}
