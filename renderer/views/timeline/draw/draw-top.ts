/** The two upper lanes: what the upstream sent (blocks, chunks, pings) and the response's own life. */
import { lowerBound, valueAt } from '../../../model/columns.ts';
import { MARK } from '../../../model/event-kind.ts';
import type { LaneRow } from '../../../model/timeline/layout.ts';
import { toUnit } from '../../../model/timeline/scale.ts';
import { chunkPx, eventPx, type Frame, type Scene } from '../../../model/timeline/scene.ts';
import { toDensity } from '../../../model/timeline/bins.ts';
import { chunkMark } from '../../../model/timeline/upstream-blocks.ts';
import type { DrawState } from './draw-step.ts';
import { drawHistogram } from './draw-density.ts';
import { bracket, cross, glyph, line, roundBox, tick } from './marks.ts';

export function drawUpstreamRow(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, row: LaneRow, state: DrawState): void {
  const { palette } = state;
  const { upstream } = scene.track;
  if (state.hoverId !== null) context.globalAlpha = 0.35;
  for (const block of upstream.blocks) {
    const left = chunkPx(scene, frame, block.openChunk);
    const isOpen = block.closeChunk < 0 || block.closeChunk >= scene.positions.chunkCount;
    const right = isOpen ? chunkPx(scene, frame, scene.positions.chunkCount - 1) : chunkPx(scene, frame, block.closeChunk);
    if (right < 0 || left > frame.width) continue;
    const from = Math.max(-4, left);
    context.fillStyle = palette.raised;
    roundBox(context, from, row.centre - 9, Math.max(2, Math.min(frame.width + 4, right) - from), 18, 3);
    context.fill();
    context.strokeStyle = palette.ink2;
    bracket(context, Math.round(left) + 0.5, row.centre, 'open', 18, 4, 1.25);
    if (!isOpen) bracket(context, Math.round(right) - 0.5, row.centre, 'close', 18, 4, 1.25);
  }
  const { chunk, chunkCount } = scene.positions;
  const from = lowerBound(chunk, chunkCount, toUnit(frame.view, -4));
  const to = lowerBound(chunk, chunkCount, toUnit(frame.view, frame.width + 4));
  const span = to - from < 2 ? frame.width : chunkPx(scene, frame, to - 1) - chunkPx(scene, frame, from);
  const density = toDensity(span / Math.max(1, to - from - 1));
  if (density === 'bins') {
    context.fillStyle = palette.ink3;
    const lane = { length: chunkCount, at: chunk, event: scene.track.chunkEvent, flagged: { at: EMPTY, severity: NO_FLAGS, length: 0 } };
    drawHistogram(context, lane, frame, row.centre + 9, 18);
    return;
  }
  for (let i = from; i < to; i += 1) {
    const mark = chunkMark(upstream, i);
    if (mark === 'open' || mark === 'close') continue;
    const x = chunkPx(scene, frame, i);
    context.strokeStyle = mark === 'delta' ? palette.ink : palette.ink2;
    if (mark === 'ping') {
      context.setLineDash([2, 2]);
      tick(context, x, row.centre, 12, 1);
      context.setLineDash([]);
    } else tick(context, x, row.centre, mark === 'delta' ? 10 : 12, mark === 'delta' && density !== 'thin' ? 2 : 1);
  }
}

const EMPTY = new Float64Array(0);
const NO_FLAGS = new Uint8Array(0);

export function drawResponseRow(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, row: LaneRow, state: DrawState): void {
  const lane = scene.laneEvents.at(-1);
  const { track } = scene;
  if (lane === undefined || lane.length === 0) return;
  const { palette } = state;
  const ids = track.responseIds;
  const isLit = state.hoverId === null || ids.some(({ id }) => id === state.hoverId);
  if (!isLit) context.globalAlpha = 0.35;
  const first = valueAt(lane.event, 0);
  const last = valueAt(lane.event, lane.length - 1);
  const hasEnded = track.mark[last] === MARK.terminal || track.mark[last] === MARK.error;
  const left = eventPx(scene, frame, first);
  const right = hasEnded ? eventPx(scene, frame, last) : eventPx(scene, frame, track.count - 1);
  context.strokeStyle = palette.resp;
  context.fillStyle = palette.resp;
  line(context, Math.max(-4, left), row.centre, Math.min(frame.width + 4, right), row.centre, 1.5);
  if (!hasEnded) {
    context.strokeStyle = state.isLive ? palette.resp : palette.err;
    line(context, right, row.centre, right + 24, row.centre, 1.5, state.isLive ? [2, 3] : [4, 3]);
    if (!state.isLive) {
      context.setLineDash([3, 2]);
      bracket(context, right + 26, row.centre, 'close', 14, 4, 1.5);
      context.setLineDash([]);
    }
    context.strokeStyle = palette.resp;
  }
  for (let i = 0; i < lane.length && i < 400; i += 1) {
    const event = valueAt(lane.event, i);
    const x = eventPx(scene, frame, event);
    const mark = track.mark[event];
    if (x < -20 || x > frame.width + 20) continue;
    if (mark === MARK.created) bracket(context, Math.round(x), row.centre, 'open', 14, 5, 2);
    else if (mark === MARK.terminal) bracket(context, Math.round(x), row.centre, 'close', 14, 5, 2);
    else if (mark === MARK.error) {
      context.strokeStyle = palette.err;
      cross(context, x, row.centre, 4, 2);
      context.strokeStyle = palette.resp;
    } else if (mark === MARK.progress) glyph(context, 'response', x + 2, row.centre, 8, true, palette.canvas);
    else tick(context, x, row.centre, 10, 1);
  }
  ids.slice(1).forEach(({ event }) => {
    const x = eventPx(scene, frame, event);
    context.strokeStyle = palette.err;
    cross(context, x - 13, row.centre, 4, 2);
  });
}
