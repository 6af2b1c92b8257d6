/** Keeps the selected event in sight of a zoomed timeline: whoever selects it, the view pans to it. */
import { valueAt } from './columns.ts';
import { useSelection } from './selection.ts';
import { tracksInOrder, useSession } from './session-store.ts';
import { reveal } from './timeline/scale.ts';
import { toScene } from './timeline/scene.ts';
import { useTimelineView } from './timeline-view-store.ts';
import { useUi } from './ui-store.ts';

export function revealEvent(): void {
  const { step, event } = useSelection.getState();
  const { view, plotWidth, setView } = useTimelineView.getState();
  const track = tracksInOrder(useSession.getState())[step ?? 0];
  if (view === null || track === undefined || event === null || event >= track.count) return;
  const { positions } = toScene(track, useUi.getState().mode);
  const next = reveal(view, valueAt(positions.event, event), positions.extent, plotWidth);
  if (next !== view) setView(next);
}
