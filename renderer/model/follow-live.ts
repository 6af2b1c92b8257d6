/** Joins the live feed to the stores, once per page: list, session on screen, first selection. */
import type { Step } from '../../proxy-core/protocol/api/control-api.ts';
import { openLiveFeed } from '../services/live-feed.ts';
import { useSelection } from './selection.ts';
import { useSession } from './session-store.ts';
import { useSessions } from './sessions-store.ts';
import { useTimelineView } from './timeline-view-store.ts';
import { selectFinding } from './walk-findings.ts';
import { useTable } from './table-store.ts';

export function followLive(): void {
  openLiveFeed({
    onConnected(isAgain) {
      useSessions.setState({ isConnected: true });
      if (!isAgain) return;
      void useSessions.getState().load();
      void useSessions.getState().loadInfo();
      void useSession.getState().refresh();
    },
    onLost() {
      useSessions.setState({ isConnected: false });
    },
    onMessage(message) {
      if (message.event === 'session') useSessions.getState().upsert(message.data);
      else if (message.event === 'step') takeStep(message.data);
      else useSession.getState().noteTotal(message.data.stepId, message.data.total);
    },
  });
  void useSessions.getState().loadInfo();
  void useSessions.getState().load().then(selectNewest);
  useSelection.subscribe((now, before) => {
    if (now.sessionId === before.sessionId) return;
    useTimelineView.getState().reset();
    useTable.getState().setFilter('');
  });
  useSessions.subscribe((now, before) => {
    if (before.sessions.length === 0 && now.sessions.length > 0) selectNewest();
  });
  useSession.subscribe(() => {
    selectStepWithFaults();
    showFirstFault();
  });
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
  if (sessionId === null && view !== 'connect' && newest !== undefined) select({ sessionId: newest.id });
}

/** A session opens at the last step that has errors, else at the last step; a deep link goes first. */
function selectStepWithFaults(): void {
  const { step, sessionId, select } = useSelection.getState();
  const { session } = useSession.getState();
  if (step !== null || session === null || session.id !== sessionId || session.steps.length === 0) return;
  const faulty = session.steps.findLastIndex((entry) => entry.findingCounts.error > 0);
  select({ step: faulty >= 0 ? faulty : session.steps.length - 1 });
}

let shownFor: string | null = null;

/** Once per session: the first error of the step on screen is what most people came for. */
function showFirstFault(): void {
  const { session } = useSession.getState();
  const { step, event, sessionId } = useSelection.getState();
  if (session === null || session.id !== sessionId || shownFor === sessionId || step === null) return;
  if (event !== null) {
    shownFor = sessionId;
    return;
  }
  const id = session.steps[step]?.id ?? '';
  const track = useSession.getState().tracks.get(id);
  if (track?.hasFindings !== true) return;
  shownFor = sessionId;
  const first = track.findings.findIndex((finding) => finding.severity === 'error' && finding.event !== null);
  if (first >= 0) selectFinding(step, first);
}
