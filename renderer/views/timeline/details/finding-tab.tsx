/** The finding's card: what, expected and actual, which hop made it, whom it breaks, what is known. */
import { ChevronLeft, ChevronRight, ListFilter } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Step } from '../../../../proxy-core/protocol/api/control-api.ts';
import type { Finding } from '../../../../proxy-core/protocol/lint/finding.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { SignIcon } from '../../../components/glyph.tsx';
import { IdChip } from '../../../components/id-chip.tsx';
import { useRuleCard } from '../../../model/rule-cards.ts';
import { useSession } from '../../../model/session-store.ts';
import type { StepTrack } from '../../../model/step-track.ts';
import { useTable } from '../../../model/table-store.ts';
import { selectFinding } from '../../../model/walk-findings.ts';
import { shortenIds } from '../../../model/id-registry.ts';
import { EventTab } from './event-tab.tsx';
import { Breaks, Cause, Known, RuleWords } from './finding-facts.tsx';
import { FindingActions } from './finding-actions.tsx';
import { HopChain } from './hop-chain.tsx';
import { toComment } from './finding-comment.ts';

export function FindingTab(props: { step: Step; track: StepTrack; event: number | null; position: number | null }): ReactElement {
  const { step, track, position } = props;
  const finding = position === null ? undefined : track.findings[position];
  const setFilter = useTable((state) => state.setFilter);
  if (finding === undefined || position === null) {
    return (
      <p className="details-empty dim">
        <SignIcon sign="ok" /> No rule complains about event {props.event}.
      </p>
    );
  }
  return (
    <div className="finding-card">
      <div className="finding-scroll">
        <FindingHead step={step} track={track} finding={finding} position={position} />
        <Headline finding={finding} />
        <div className="box expected">
          <span className="mute">Expected</span>
          <Value value={finding.expected} track={track} absent={toAbsent(finding)} />
          <span className="mute">Actual</span>
          <Value value={finding.actual} track={track} />
        </div>
        <dl className="finding-facts">
          <dt>Made by</dt>
          <dd>
            <HopChain step={step} hop={finding.hop} />
          </dd>
          <Cause track={track} finding={finding} />
          <Breaks rule={finding.rule} />
          <Known finding={finding} />
          <RuleWords rule={finding.rule} />
        </dl>
        {props.event !== null && props.event < track.count && (
          <div className="finding-event">
            <EventTab step={step} event={props.event} />
          </div>
        )}
      </div>
      <div className="finding-actions">
        <FindingActions step={step} rule={finding.rule} isEvent={finding.event !== null} />
        <button
          type="button"
          className="icon-button"
          aria-label="Show all of this rule"
          title="Show all of this rule"
          onClick={() => setFilter(`rule:${finding.rule}`)}
        >
          <ListFilter className="icon" aria-hidden="true" />
        </button>
        <CopyButton
          className="btn ghost"
          title="Copy as comment"
          label="Copy the finding as a comment for an issue"
          text={() => toComment(finding, step, track)}
        />
      </div>
    </div>
  );
}

/** The fault in a few words, then the sentence that names ids and places. */
function Headline(props: { finding: Finding }): ReactElement {
  const registry = useSession((state) => state.registry);
  const card = useRuleCard(props.finding.rule);
  const message = shortenIds(props.finding.message, registry);
  if (card === null) return <h2 title={props.finding.message}>{message}</h2>;
  return (
    <>
      <h2>{card.title}</h2>
      <p className="finding-message" title={props.finding.message}>
        {message}
      </p>
    </>
  );
}

function FindingHead(props: { step: Step; track: StepTrack; finding: Finding; position: number }): ReactElement {
  const { step, track, finding, position } = props;
  const same = track.findings.flatMap((other, i) => (other.rule === finding.rule && other.severity === finding.severity ? i : []));
  const at = same.indexOf(position);
  const stepIndex = useSession((state) => state.session?.steps.findIndex((entry) => entry.id === step.id) ?? 0);
  const go = (by: number): void => selectFinding(stepIndex, same[at + by] ?? position);
  return (
    <div className="finding-head">
      <SignIcon sign={finding.severity} label={finding.severity} />
      <span className={`strong ${finding.severity === 'error' ? 'err' : finding.severity === 'warning' ? 'warn' : 'note'}`}>
        {finding.rule}
      </span>
      <span className="dim trunc grow">
        {finding.event === null ? 'nothing was sent' : `event ${finding.event}`} of step {stepIndex + 1}
      </span>
      <button
        type="button"
        className="icon-button small"
        aria-label="Previous finding of this rule"
        disabled={at <= 0}
        onClick={() => go(-1)}
      >
        <ChevronLeft className="icon" aria-hidden="true" />
      </button>
      <span className="dim">
        {at + 1} of {same.length}
      </span>
      <button
        type="button"
        className="icon-button small"
        aria-label="Next finding of this rule"
        disabled={at >= same.length - 1}
        onClick={() => go(1)}
      >
        <ChevronRight className="icon" aria-hidden="true" />
      </button>
    </div>
  );
}

/** In words what was expected where no value can be named. */
function toAbsent({ rule }: Finding): string {
  return rule === 'item-id-announced' ? 'an id that this response has announced' : 'nothing';
}

function Value(props: { value: unknown; track: StepTrack; absent?: string }): ReactElement {
  const { value, track, absent = 'nothing' } = props;
  if (value === null || value === undefined) return <span className="dim">{absent}</span>;
  if (typeof value === 'string' && track.idCodes.has(value)) {
    return (
      <span className="value-id">
        <IdChip id={value} isFull isGhost={track.uses.get(value)?.isAnnounced === false} />
      </span>
    );
  }
  if (typeof value === 'string') return <span className="value-text">{value}</span>;
  return <span className="value-text mono">{JSON.stringify(value)}</span>;
}
