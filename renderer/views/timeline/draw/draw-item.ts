/** One item lane: lifeline, brackets, parts, deltas; its ghosts; or a lane that was never announced. */
import { lookOf } from '../../../model/id-registry.ts';
import { MARK } from '../../../model/event-kind.ts';
import { lowerBound, valueAt } from '../../../model/columns.ts';
import { toDensity } from '../../../model/timeline/bins.ts';
import type { LaneRow } from '../../../model/timeline/layout.ts';
import { toUnit } from '../../../model/timeline/scale.ts';
import { eventPx, type Frame, type Scene } from '../../../model/timeline/scene.ts';
import { drawHistogram, drawRail } from './draw-density.ts';
import { drawGhostBox, drawGhostGlyphs, drawOwnGhostBox } from './draw-ghosts.ts';
import type { DrawState } from './draw-step.ts';
import { bracket, glyph, line, tick } from './marks.ts';
import { slotColor } from './palette.ts';

const MAX_TICKS = 4000;
const FEW = 24;

export function drawItemRow(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, row: LaneRow, state: DrawState): void {
  const lane = row.lane;
  if (lane === null) return;
  const { palette } = state;
  const look = lookOf(state.registry, lane.id);
  const color = slotColor(palette, look.slot);
  const isLit = state.hoverId === null || state.hoverId === lane.id || lane.ghostIds.has(state.hoverId);
  if (!isLit) context.globalAlpha = 0.35;
  if (!lane.isAnnounced) drawOwnGhostBox(context, scene, frame, row, state);
  else if (row.ghostCentre !== null) drawGhostBox(context, scene, frame, row, state);

  const left = eventPx(scene, frame, lane.openEvent >= 0 ? lane.openEvent : lane.firstEvent);
  const lastPx = eventPx(scene, frame, lane.lastEvent);
  const isClosed = lane.closeEvent >= 0;
  const right = isClosed ? eventPx(scene, frame, lane.closeEvent) : lastPx;
  context.strokeStyle = color;
  context.fillStyle = color;
  const laneEvents = scene.laneEvents[lane.position];
  if (laneEvents === undefined) return;
  const from = lowerBound(laneEvents.at, laneEvents.length, toUnit(frame.view, -40));
  const to = lowerBound(laneEvents.at, laneEvents.length, toUnit(frame.view, frame.width + 4));
  const span =
    to - from < 2
      ? frame.width
      : eventPx(scene, frame, valueAt(laneEvents.event, to - 1)) - eventPx(scene, frame, valueAt(laneEvents.event, from));
  const pitch = span / Math.max(1, to - from - 1);
  // a burst of one instant has no pitch, and few marks are marks
  const density = toDensity(to - from < 2 ? 48 : to - from <= FEW ? Math.max(2, pitch) : pitch);
  const y = row.centre;
  if (density === 'bins') drawHistogram(context, laneEvents, frame, y + 9, 18);
  else line(context, Math.max(-4, left), y, Math.min(frame.width + 4, right), y, 2, lane.isAnnounced ? [] : [5, 3]);
  if (!isClosed) drawOpenEnd(context, right, y, state);
  if (lane.openEvent >= 0) {
    bracket(context, Math.round(left), y, 'open', 18, 5, 2.25);
    glyph(context, lane.kind, left - 11, y, 10, true, palette.canvas);
  }
  if (isClosed) bracket(context, Math.round(right), y, 'close', 18, 5, 2.25);
  if (density !== 'bins' && to - from <= MAX_TICKS) {
    for (let k = from; k < to; k += 1) drawMark(context, scene, frame, valueAt(laneEvents.event, k), y, color, density === 'thin', state);
    if (row.ghostCentre !== null) drawGhostGlyphs(context, scene, frame, row, color, state);
  }
  if ((lane.isAnnounced && lane.ghosts.length === 0) || density === 'bins') drawRail(context, laneEvents, frame, row.top + 3.5, palette);
}

function drawMark(
  context: CanvasRenderingContext2D,
  scene: Scene,
  frame: Frame,
  event: number,
  y: number,
  color: string,
  isThin: boolean,
  state: DrawState,
): void {
  const x = eventPx(scene, frame, event);
  context.strokeStyle = color;
  if (scene.track.isGhost[event] === 1) {
    if (isThin) return;
    context.fillStyle = state.palette.canvas;
    context.lineWidth = 1.25;
    context.fillRect(Math.round(x) - 2.5, y - 2.5, 5, 5);
    context.strokeRect(Math.round(x) - 2.5, y - 2.5, 5, 5);
    context.fillStyle = color;
    return;
  }
  switch (scene.track.mark[event]) {
    case MARK.delta:
      tick(context, x, y, isThin ? 10 : 14, isThin ? 1 : 2);
      break;
    case MARK.partOpen:
      bracket(context, Math.round(x) + 0.25, y, 'open', 12, 3.5, 1.5);
      break;
    case MARK.partDone:
    case MARK.textDone:
      tick(context, x, y, 12, 1.5);
      break;
    case MARK.other:
      tick(context, x, y, 8, 1);
      break;
    default:
      break;
  }
}

/** Dotted while the stream runs; a red dashed bracket once it is sure that the item never closed. */
function drawOpenEnd(context: CanvasRenderingContext2D, x: number, y: number, state: DrawState): void {
  if (state.isLive) {
    line(context, x + 2, y, x + 22, y, 2, [2, 3]);
    return;
  }
  const before = context.strokeStyle;
  context.strokeStyle = state.palette.err;
  line(context, x + 2, y, x + 18, y, 1.5, [2.5, 2.5]);
  context.setLineDash([3, 2]);
  bracket(context, Math.round(x) + 20, y, 'close', 18, 5, 1.5);
  context.setLineDash([]);
  context.strokeStyle = before;
}

/** Closed lanes without findings in a crowded step: one thin line each, in one 8 px row. */
export function drawQuietRow(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, row: LaneRow, state: DrawState): void {
  for (const lane of row.quiet) {
    context.strokeStyle = slotColor(state.palette, lookOf(state.registry, lane.id).slot);
    context.globalAlpha = state.hoverId === null || state.hoverId === lane.id ? 1 : 0.35;
    line(context, eventPx(scene, frame, lane.firstEvent), row.centre, eventPx(scene, frame, lane.lastEvent) + 1, row.centre, 3);
  }
}
