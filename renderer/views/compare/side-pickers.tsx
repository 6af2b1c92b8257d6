/** What is compared: a step of this session, and a step of any session, or the same stream repaired. */
import { ArrowLeftRight } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import { REPAIRED } from '../../../proxy-core/protocol/api/handover-api.ts';
import type { Session, SessionWithSteps, Step } from '../../../proxy-core/protocol/api/control-api.ts';
import { formatClock } from '../../components/format.ts';
import { useCompare } from '../../model/handover/compare-store.ts';
import { useSelectedStep } from '../../model/hooks.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import { useSessions } from '../../model/sessions-store.ts';
import { control } from '../../services/control-client.ts';

const REPAIRED_OPTION = 'repaired';

export function SidePickers(): ReactElement | null {
  const session = useSession((state) => state.session);
  const { step } = useSelectedStep();
  const other = useSelection((state) => state.with);
  const select = useSelection((state) => state.select);
  const isRepaired = other?.startsWith(REPAIRED) === true;
  const rightSession = useRightSession(isRepaired ? null : other);
  if (session === null || step === null) return null;
  const chooseSession = async (id: string): Promise<void> => {
    if (id === REPAIRED_OPTION) select({ with: `${REPAIRED}${step.id}` });
    else {
      const { steps } = await control.session(id);
      select({ with: (steps[session.steps.indexOf(step)] ?? steps[0])?.id ?? null });
    }
  };
  return (
    <div className="side-pickers">
      <fieldset>
        <legend>Left</legend>
        <span className="trunc picker-title">{session.title}</span>
        <StepSelect
          label="Step at the left"
          steps={session.steps}
          value={step.id}
          onChange={(id) => {
            const index = session.steps.findIndex((one) => one.id === id);
            select({ step: index, ...(isRepaired ? { with: `${REPAIRED}${id}` } : {}) });
          }}
        />
      </fieldset>
      <SwapButton right={rightSession} other={other} step={step} />
      <fieldset>
        <legend>Right</legend>
        <select
          className="text-field trunc"
          aria-label="Session at the right"
          value={isRepaired ? REPAIRED_OPTION : (rightSession?.id ?? '')}
          onChange={(event) => void chooseSession(event.target.value)}
        >
          <RightOptions session={session} right={rightSession} />
        </select>
        {!isRepaired && rightSession !== null && other !== null && (
          <StepSelect label="Step at the right" steps={rightSession.steps} value={other} onChange={(id) => select({ with: id })} />
        )}
      </fieldset>
    </div>
  );
}

function RightOptions(props: { session: SessionWithSteps; right: Session | null }): ReactElement {
  const { session, right } = props;
  const sessions = useSessions((state) => state.sessions);
  const rest = sessions.filter(({ id }) => id !== session.id);
  const related = rest.filter(({ id, replayOf }) => id === session.replayOf || replayOf === session.id);
  const option = (one: Session): ReactElement => (
    <option key={one.id} value={one.id}>
      {toOption(one, session)}
    </option>
  );
  return (
    <>
      {right === null && <option value="">Choose a session</option>}
      <option value={REPAIRED_OPTION}>This stream, repaired by Deltascope</option>
      <option value={session.id}>This session, another step</option>
      {related.length > 0 && <optgroup label="Original and replays">{related.map(option)}</optgroup>}
      <optgroup label="Sessions">{rest.filter((one) => !related.includes(one)).map(option)}</optgroup>
      {right !== null && right.id !== session.id && !rest.some(({ id }) => id === right.id) && option(right)}
    </>
  );
}

function toOption(one: Session, session: Session): string {
  const role = one.id === session.replayOf ? 'original: ' : one.replayOf === session.id ? 'replay: ' : '';
  return `${role}${one.title}, ${formatClock(one.startedAt)}${one.upstreams.length > 0 ? `, ${one.upstreams.join(', ')}` : ''}`;
}

function StepSelect(props: { label: string; steps: readonly Step[]; value: string; onChange: (id: string) => void }): ReactElement {
  return (
    <select className="text-field" aria-label={props.label} value={props.value} onChange={(event) => props.onChange(event.target.value)}>
      {props.steps.map((step, index) => (
        <option key={step.id} value={step.id}>
          Step {index + 1}
          {step.findingCounts.error > 0 ? `, ${step.findingCounts.error} errors` : ''}
        </option>
      ))}
    </select>
  );
}

function SwapButton(props: { right: SessionWithSteps | null; other: string | null; step: Step }): ReactElement {
  const { right, other, step } = props;
  const select = useSelection((state) => state.select);
  const index = right?.steps.findIndex(({ id }) => id === other) ?? -1;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label="Swap left and right"
      title="Swap left and right"
      disabled={right === null || index < 0}
      onClick={() => right !== null && select({ sessionId: right.id, step: index, view: 'compare', with: step.id })}
    >
      <ArrowLeftRight className="icon" aria-hidden="true" />
    </button>
  );
}

/** The session that holds the step at the right; the comparison knows it, once it is there. */
function useRightSession(stepId: string | null): SessionWithSteps | null {
  const here = useSession((state) => state.session);
  const sessionId = useCompare((state) => (state.comparison?.right.stepId === stepId ? state.comparison?.right.sessionId : undefined));
  const [loaded, setLoaded] = useState<SessionWithSteps | null>(null);
  useEffect(() => {
    if (sessionId === undefined) return undefined;
    let isCurrent = true;
    control
      .session(sessionId)
      .then((session) => isCurrent && setLoaded(session))
      .catch(() => undefined); // the comparison itself says what is wrong
    return () => {
      isCurrent = false;
    };
  }, [sessionId]);
  if (stepId === null) return null;
  if (here?.steps.some(({ id }) => id === stepId) === true) return here;
  return loaded?.steps.some(({ id }) => id === stepId) === true ? loaded : null;
}
