/** Arrow keys in the timeline (left/right event, up/down lane) and what a screen reader hears. Pure. */
import { valueAt } from '../../model/columns.ts';
import { shortType } from '../../model/event-kind.ts';
import { typeName } from '../../model/step-track.ts';
import type { Scene } from '../../model/timeline/scene.ts';

/** The event an arrow key leads to, or null when the key is not for us. */
export function moveByArrow(scene: Scene, event: number, key: string): number | null {
  const { track } = scene;
  if (track.count === 0) return null;
  if (key === 'ArrowRight') return Math.min(track.count - 1, event + 1);
  if (key === 'ArrowLeft') return Math.max(0, event - 1);
  if (key === 'Home') return 0;
  if (key === 'End') return track.count - 1;
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
  const rows = scene.layout.rows.filter((row) => row.kind === 'response' || row.lane !== null);
  const lane = event < 0 ? -1 : valueAt(track.lane, event);
  const at = rows.findIndex((row) => (row.lane === null ? -1 : row.lane.position) === lane);
  const row = rows[Math.min(rows.length - 1, Math.max(0, at + (key === 'ArrowDown' ? 1 : -1)))];
  if (row === undefined) return null;
  const slot = row.lane === null ? scene.laneEvents.length - 1 : row.lane.position;
  return nearestInLane(scene, slot, Math.max(0, event));
}

function nearestInLane(scene: Scene, slot: number, event: number): number | null {
  const lane = scene.laneEvents[slot];
  if (lane === undefined || lane.length === 0) return null;
  let best = valueAt(lane.event, 0);
  for (let i = 0; i < lane.length; i += 1) {
    if (Math.abs(valueAt(lane.event, i) - event) < Math.abs(best - event)) best = valueAt(lane.event, i);
    else if (valueAt(lane.event, i) > event) break;
  }
  return best;
}

export function describeEvent(scene: Scene, event: number): string {
  const { track } = scene;
  if (event < 0 || event >= track.count) return 'Arrow keys move from event to event and lane to lane.';
  const id = track.ids[valueAt(track.id, event)];
  const faults = track.findingsByEvent
    .get(event)
    ?.map((at) => track.findings[at]?.rule)
    .join(', ');
  return `Event ${event}, ${shortType(typeName(valueAt(track.type, event)))}, ${valueAt(track.tMs, event).toFixed(1)} ms${id === undefined ? '' : `, ${id}`}${faults === undefined ? '' : `, findings: ${faults}`}.`;
}
