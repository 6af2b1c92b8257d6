/** With what a step is compared when nobody has said so yet: its original, its replay, its twin, itself repaired. */
import { REPAIRED } from '../../../proxy-core/protocol/api/handover-api.ts';
import type { Session, SessionWithSteps, Step } from '../../../proxy-core/protocol/api/control-api.ts';

/** A session that goes with this one: by replay, else by name. Pure. */
export function relatedSession(session: Session, sessions: readonly Session[]): Session | null {
  const others = sessions.filter(({ id }) => id !== session.id);
  return (
    others.find(({ id }) => id === session.replayOf) ??
    others.find(({ replayOf }) => replayOf === session.id) ??
    others.find(({ title }) => title === session.title) ??
    null
  );
}

/** Null: the reader has to choose. */
export async function otherSideOf(
  step: Step,
  session: SessionWithSteps,
  from: { sessions: readonly Session[]; load: (sessionId: string) => Promise<SessionWithSteps> },
): Promise<string | null> {
  const related = relatedSession(session, from.sessions);
  if (related !== null) {
    const { steps } = await from.load(related.id);
    const twin = steps[session.steps.indexOf(step)] ?? steps[0];
    if (twin !== undefined) return twin.id;
  }
  if (step.findingCounts.error > 0) return `${REPAIRED}${step.id}`;
  return session.steps.find(({ id }) => id !== step.id)?.id ?? null;
}
