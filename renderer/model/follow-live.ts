/** Joins the live feed to the stores, once per page: list, session on screen, first selection. */
import type { LiveMessage, Step } from '../../proxy-core/protocol/api/control-api.ts';
import { assertNever } from '../../proxy-core/protocol/assert-never.ts';
import { openLiveFeed } from '../services/live-feed.ts';
import { isPage } from './deep-link.ts';
import { useSelection } from './selection.ts';
import { dropSessions } from './session-actions.ts';
import { findLinked } from './linked-finding.ts';
import { useIdMap } from './id-map-store.ts';
import { revealEvent } from './reveal-event.ts';
import { tracksInOrder, useSession } from './session-store.ts';
import { useSessions } from './sessions-store.ts';
import { useTimelineView } from './timeline-view-store.ts';
import { useUi } from './ui-store.ts';
import { selectFinding } from './walk-findings.ts';
import { useTable } from './table-store.ts';

export function followLive(): void {
  openLiveFeed({
    onConnected(isAgain) {
      useSessions.setState({ isConnected: true });
      if (!isAgain) return;
      void useSessions.getState().loadInfo();
      reload();
    },
    onLost() {
      useSessions.setState({ isConnected: false });
    },
    onMessage(message) {
      take(message);
    },
  });
  void useSessions.getState().loadInfo();
  void useSessions.getState().load().then(selectNewest);
  useSelection.subscribe((now, before) => {
    if (now.event !== before.event || now.step !== before.step) revealEvent();
    // a link to a rule was followed in the open page
    if (now.rule !== null && now.finding === null) showFault();
    if (now.sessionId === before.sessionId) return;
    useTimelineView.getState().reset();
    useIdMap.getState().reset();
    useTable.getState().setFilter('');
  });
  useSessions.subscribe((now, before) => {
    if (before.sessions.length === 0 && now.sessions.length > 0) selectNewest();
  });
  useSession.subscribe(() => {
    selectStepWithFaults();
    showFault();
  });
}

function reload(): void {
  void useSessions.getState().load();
  void useSession.getState().refresh();
}

function take(message: LiveMessage): void {
  switch (message.event) {
    case 'session':
      return useSessions.getState().upsert(message.data);
    case 'step':
      return takeStep(message.data);
    case 'events':
      return useSession.getState().noteTotal(message.data.stepId, message.data.total);
    case 'recorder':
      return takeTrouble(message.data.trouble);
    case 'deleted':
      return takeDeletion(message.data.sessionIds, message.data.reason);
    default:
      assertNever(message, 'live message');
  }
}

/** What came while the store took nothing is in it now, and no message told of it. */
function takeTrouble(trouble: string | null): void {
  useSessions.getState().setTrouble(trouble);
  if (trouble === null) reload();
}

/** Deleted in another window, or by the limits of what is kept. */
function takeDeletion(sessionIds: readonly string[], reason: string | null): void {
  dropSessions(sessionIds);
  if (reason !== null) useUi.getState().toast(reason);
}

/** A new step is followed by a reader who looks at the last one and has picked nothing in it. */
function takeStep(step: Step): void {
  // A call that turned out to be a gateway's own is found under the step that it was made for.
  if (step.innerOf) useSessions.getState().remove(step.sessionId);
  const { session, upsertStep } = useSession.getState();
  const before = session?.steps.length ?? 0;
  upsertStep(step);
  const now = useSession.getState().session?.steps.length ?? 0;
  const selection = useSelection.getState();
  if (now > before && before > 0 && selection.step === before - 1 && selection.event === null) selection.select({ step: now - 1 });
}

/** Without a deep link the newest session opens, unless somebody asked for the Connect page. */
function selectNewest(): void {
  const { sessionId, view, select } = useSelection.getState();
  const newest = useSessions.getState().sessions[0];
  if (sessionId === null && !isPage(view) && newest !== undefined) select({ sessionId: newest.id });
}

/** A session opens at the last step that has errors, else at the last step; a deep link goes first. */
function selectStepWithFaults(): void {
  const { step, sessionId, rule, select } = useSelection.getState();
  const { session } = useSession.getState();
  if (step !== null || session === null || session.id !== sessionId || session.steps.length === 0) return;
  const faulty = session.steps.findLastIndex((entry) => entry.findingCounts.error > 0);
  select({ step: faulty >= 0 ? faulty : session.steps.length - 1, rule });
}

let shownFor: string | null = null;

/** The finding that a link names; else, once per session, the first error of the step on screen. */
function showFault(): void {
  const { session, tracks } = useSession.getState();
  const { step, event, rule, finding, sessionId } = useSelection.getState();
  if (session === null || session.id !== sessionId || step === null) return;
  if (rule !== null && finding === null) {
    const ordered = tracksInOrder({ session, tracks });
    if (ordered[step]?.hasFindings !== true) return;
    const linked = findLinked(ordered, { rule, step, event });
    if (linked !== null) {
      shownFor = sessionId;
      selectFinding(linked.step, linked.position);
    }
    return;
  }
  if (shownFor === sessionId) return;
  if (event !== null) {
    shownFor = sessionId;
    return;
  }
  const track = tracks.get(session.steps[step]?.id ?? '');
  if (track?.hasFindings !== true) return;
  shownFor = sessionId;
  const first = track.findings.findIndex((candidate) => candidate.severity === 'error' && candidate.event !== null);
  if (first >= 0) selectFinding(step, first);
}
