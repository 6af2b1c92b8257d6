/** Everything that a key or the palette can do, by id. A command returns false when it had nothing to do. */
import { valueAt } from './columns.ts';
import { openRepair } from './handover/open-comparison.ts';
import { findFaultyStep } from './handover/faulty-step.ts';
import { useRepro } from './handover/repro-store.ts';
import type { Session } from '../../proxy-core/protocol/api/control-api.ts';
import { useSelection } from './selection.ts';
import { glideTo, settleGlide } from './glide.ts';
import { togglePin } from './session-actions.ts';
import { tracksInOrder, useSession } from './session-store.ts';
import { useSessions } from './sessions-store.ts';
import { fitRange, fitView, panBy, zoomAbout, type View } from './timeline/scale.ts';
import { toScene } from './timeline/scene.ts';
import { useTimelineView } from './timeline-view-store.ts';
import { useUi } from './ui-store.ts';
import { walkFindings } from './walk-findings.ts';

export interface Command {
  id: string;
  title: string;
  run: () => void | false;
}

const ZOOM_STEP = 1.5;
const PAN_STEP_PX = 120;

function extentOfOpen(): number {
  const state = useSession.getState();
  const selected = state.session?.steps[useSelection.getState().step ?? 0];
  const { mode } = useUi.getState();
  const open = useTimelineView.getState().openSteps;
  const tracks = tracksInOrder(state).filter((track) => track.stepId === selected?.id || open.has(track.stepId));
  return Math.max(1, ...tracks.map((track) => toScene(track, mode).positions.extent));
}

function changeView(change: (view: View, extent: number, width: number) => View): void {
  settleGlide();
  const extent = extentOfOpen();
  const { view, setView, plotWidth: width } = useTimelineView.getState();
  setView(change(view ?? fitView(extent, width), extent, width));
}

function moveStep(by: number): void | false {
  const { session } = useSession.getState();
  const { step, select } = useSelection.getState();
  const next = (step ?? 0) + by;
  if (session === null || session.steps[next] === undefined) return false;
  select({ step: next });
}

function moveEvent(by: number): void | false {
  const { step, event, select } = useSelection.getState();
  const track = tracksInOrder(useSession.getState())[step ?? 0];
  if (track === undefined || track.count === 0) return false;
  select({ step: step ?? 0, event: Math.min(track.count - 1, Math.max(0, event === null ? 0 : event + by)) });
}

function fitSelection(): void | false {
  const { step, event } = useSelection.getState();
  const track = tracksInOrder(useSession.getState())[step ?? 0];
  if (track === undefined || event === null || event >= track.count) return false;
  const { positions } = toScene(track, useUi.getState().mode);
  const lane = track.lanes.lanes[valueAt(track.lane, event)];
  const from = valueAt(positions.event, lane?.firstEvent ?? Math.max(0, event - 5));
  const to = valueAt(positions.event, lane?.lastEvent ?? Math.min(track.count - 1, event + 5));
  const air = Math.max(0.5, (to - from) * 0.05);
  settleGlide();
  const { view, plotWidth } = useTimelineView.getState();
  glideTo(view ?? fitView(extentOfOpen(), plotWidth), fitRange(Math.max(0, from - air), to + air, plotWidth));
}

const PANES = [
  'sessions',
  'connect',
  'probe',
  'timeline',
  'findings',
  'events',
  'details',
  'id-map',
  'verdicts',
  'chain',
  'result',
  'compare',
];

function movePane(by: number): void {
  const panes = PANES.flatMap((name) => document.querySelector<HTMLElement>(`[data-pane="${name}"]`) ?? []);
  const now = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = panes[(now + by + panes.length) % panes.length];
  const target = next?.querySelector<HTMLElement>('[data-pane-focus]') ?? next?.querySelector<HTMLElement>('[tabindex="0"], input, button');
  (target ?? next)?.focus();
}

function currentSession(): Session | null {
  const { sessionId } = useSelection.getState();
  return useSessions.getState().sessions.find((session) => session.id === sessionId) ?? null;
}

function openDialog(dialog: 'replay' | 'export' | 'rename' | 'delete'): void | false {
  if (currentSession() === null) return false;
  useUi.getState().set({ dialog });
}

/** Of the selected step when it has faults, else of the first that has. */
function previewRepair(): void | false {
  const faulty = findFaultyStep();
  if (faulty === null) return false;
  openRepair(faulty.index, faulty.step.id);
}

function makeRepro(): void | false {
  const faulty = findFaultyStep();
  if (faulty === null) return false;
  const { rule } = useSelection.getState();
  useRepro.getState().open(faulty.step.id, rule === null ? null : { kind: 'rule', name: rule });
}

function pinSession(): void | false {
  const session = currentSession();
  if (session === null) return false;
  void togglePin(session);
}

const view = (id: string) => (): void | false => {
  if (useSelection.getState().sessionId === null) return false;
  useSelection.getState().select({ view: id });
};

export const COMMANDS: readonly Command[] = [
  {
    id: 'palette',
    title: 'Search and commands',
    run: () => useUi.getState().set({ dialog: useUi.getState().dialog === 'palette' ? null : 'palette' }),
  },
  { id: 'filter', title: 'Filter events', run: () => document.getElementById('event-filter')?.focus() },
  { id: 'next-finding', title: 'Next finding', run: () => walkFindings(1) },
  { id: 'previous-finding', title: 'Previous finding', run: () => walkFindings(-1) },
  { id: 'next-event', title: 'Next event', run: () => moveEvent(1) },
  { id: 'previous-event', title: 'Previous event', run: () => moveEvent(-1) },
  { id: 'next-step', title: 'Next step', run: () => moveStep(1) },
  { id: 'previous-step', title: 'Previous step', run: () => moveStep(-1) },
  { id: 'next-pane', title: 'Go to next pane', run: () => movePane(1) },
  { id: 'previous-pane', title: 'Go to previous pane', run: () => movePane(-1) },
  {
    id: 'zoom-in',
    title: 'Zoom in',
    run: () => changeView((now, extent, width) => zoomAbout(now, width / 2, ZOOM_STEP, { extent, width })),
  },
  {
    id: 'zoom-out',
    title: 'Zoom out',
    run: () => changeView((now, extent, width) => zoomAbout(now, width / 2, 1 / ZOOM_STEP, { extent, width })),
  },
  { id: 'pan-left', title: 'Pan left', run: () => changeView((now, extent, width) => panBy(now, -PAN_STEP_PX, extent, width)) },
  { id: 'pan-right', title: 'Pan right', run: () => changeView((now, extent, width) => panBy(now, PAN_STEP_PX, extent, width)) },
  { id: 'fit-selection', title: 'Fit the selected item', run: fitSelection },
  { id: 'fit-step', title: 'Fit the step', run: () => useTimelineView.getState().setView(null) },
  {
    id: 'toggle-order',
    title: 'Switch between wall time and event order',
    run: () => {
      useUi.getState().set({ mode: useUi.getState().mode === 'time' ? 'order' : 'time' });
      useTimelineView.getState().setView(null);
    },
  },
  { id: 'view-1', title: 'View: timeline', run: view('timeline') },
  { id: 'view-2', title: 'View: id map', run: view('id-map') },
  { id: 'view-3', title: 'View: chain', run: view('chain') },
  { id: 'view-4', title: 'View: result', run: view('result') },
  { id: 'compare', title: 'Compare the step with another one', run: view('compare') },
  { id: 'repair', title: 'Preview a repair of the faulty step', run: previewRepair },
  { id: 'repro', title: 'Reduce the faulty step to a minimal repro', run: makeRepro },
  { id: 'pin', title: 'Pin or unpin the session', run: pinSession },
  { id: 'replay', title: 'Replay the session', run: () => openDialog('replay') },
  { id: 'export', title: 'Export a bundle, HAR or JSON lines', run: () => openDialog('export') },
  { id: 'rename', title: 'Rename the session', run: () => openDialog('rename') },
  { id: 'delete', title: 'Delete the session', run: () => openDialog('delete') },
  { id: 'connect', title: 'Connect a client', run: () => useSelection.getState().select({ sessionId: null, view: 'connect' }) },
  { id: 'probe', title: 'Probe a server', run: () => useSelection.getState().select({ sessionId: null, view: 'probe' }) },
  { id: 'theme-light', title: 'Theme: light', run: () => useUi.getState().set({ theme: 'light' }) },
  { id: 'theme-dark', title: 'Theme: dark', run: () => useUi.getState().set({ theme: 'dark' }) },
  { id: 'theme-system', title: 'Theme: as the system', run: () => useUi.getState().set({ theme: 'system' }) },
  { id: 'settings', title: 'Settings', run: () => useUi.getState().set({ dialog: 'settings' }) },
  { id: 'shortcuts', title: 'Keyboard shortcuts', run: () => useUi.getState().set({ dialog: 'shortcuts' }) },
];

const byId = new Map(COMMANDS.map((command) => [command.id, command]));
export function commandById(id: string): Command | undefined {
  return byId.get(id);
}
