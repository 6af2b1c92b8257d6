/** Events whose id was never announced: hatched box, hollow glyphs, dashed links up to where they belong. */
import { valueAt } from '../../../model/columns.ts';
import { MARK } from '../../../model/event-kind.ts';
import type { LaneRow } from '../../../model/timeline/layout.ts';
import { eventPx, expectedOpenPx, type Frame, type Scene } from '../../../model/timeline/scene.ts';
import type { DrawState } from './draw-step.ts';
import { bracket, glyph, line, roundBox } from './marks.ts';

/** More orphans than this in view: links merge into one per bin. */
const MAX_LINKS = 60;
const BOX_PAD_PX = 17;

export function drawGhostBox(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, row: LaneRow, state: DrawState): void {
  const ghosts = row.lane?.ghosts ?? [];
  const left = eventPx(scene, frame, ghosts[0] ?? 0) - BOX_PAD_PX;
  const right = eventPx(scene, frame, ghosts.at(-1) ?? 0) + BOX_PAD_PX + 4;
  box(context, left, row.top + 34, right, row.top + row.height - 2, frame, state);
}

/** Whole lane never announced: the box holds it all, and a dashed bracket stands where the open should be. */
export function drawOwnGhostBox(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, row: LaneRow, state: DrawState): void {
  const { lane } = row;
  if (lane === null) return;
  const first = eventPx(scene, frame, lane.firstEvent);
  const openX = expectedOpenPx(scene, frame, lane);
  const end = eventPx(scene, frame, lane.closeEvent >= 0 ? lane.closeEvent : lane.lastEvent);
  box(context, openX - 8, row.top + 4, Math.max(end + 12, first + 120), row.top + row.height - 4, frame, state);
  context.strokeStyle = state.palette.err;
  context.setLineDash([2.5, 2]);
  bracket(context, Math.round(openX) + 0.5, row.centre, 'open', 18, 5, 1.5);
  context.setLineDash([]);
  line(context, openX + 6, row.centre, first - 8, row.centre, 1.5, [2, 2.5]);
}

function box(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  right: number,
  bottom: number,
  frame: Frame,
  state: DrawState,
): void {
  const from = Math.max(-6, left);
  const width = Math.min(frame.width + 6, right) - from;
  if (width <= 0) return;
  roundBox(context, Math.round(from) + 0.5, Math.round(top) + 0.5, Math.round(width), Math.round(bottom - top), 4);
  context.fillStyle = state.palette.errbg;
  const alpha = context.globalAlpha;
  context.globalAlpha = alpha * 0.6;
  context.fill();
  context.globalAlpha = alpha;
  if (state.palette.hatch !== null) {
    context.fillStyle = state.palette.hatch;
    context.fill();
  }
  context.strokeStyle = state.palette.errline;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.stroke();
  context.setLineDash([]);
}

export function drawGhostGlyphs(
  context: CanvasRenderingContext2D,
  scene: Scene,
  frame: Frame,
  row: LaneRow,
  laneColor: string,
  state: DrawState,
): void {
  const { lane, ghostCentre: y } = row;
  const { palette } = state;
  if (lane === null || y === null) return;
  const inView = lane.ghosts.filter((event) => event >= frame.from && event < frame.to);
  const minGap = inView.length > MAX_LINKS ? 12 : 0;
  let lastX = -Infinity;
  for (const event of inView) {
    const x = eventPx(scene, frame, event);
    if (x - lastX < minGap) continue;
    lastX = x;
    const isHovered = state.hoverId !== null && scene.track.ids[valueAt(scene.track.id, event)] === state.hoverId;
    const isClose = scene.track.mark[event] === MARK.itemClose;
    context.strokeStyle = isHovered ? palette.ink : palette.err;
    line(context, Math.round(x) + 0.5, row.centre + 4, Math.round(x) + 0.5, y - 6, 1.25, [2.5, 2]);
    context.fillStyle = palette.canvas;
    glyph(context, lane.kind, x, y, isClose ? 11 : 10, false, palette.canvas);
  }
  context.strokeStyle = laneColor;
  context.fillStyle = laneColor;
}
