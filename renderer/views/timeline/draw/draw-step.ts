/**
 * Draws one open step: grid, silences, cause links, then the lanes from top to bottom. Marks only; all
 * text is DOM. Looks at what is in sight, so its cost does not grow with the step.
 */
import { valueAt } from '../../../model/columns.ts';
import type { IdRegistry } from '../../../model/id-registry.ts';
import { chunkPx, eventPx, eventY, type Frame, type Scene } from '../../../model/timeline/scene.ts';
import { toPx, toTicks } from '../../../model/timeline/scale.ts';
import { drawItemRow, drawQuietRow } from './draw-item.ts';
import { drawLit } from './draw-lit.ts';
import { drawResponseRow, drawUpstreamRow } from './draw-top.ts';
import { causeLink, line, roundBox } from './marks.ts';
import type { Palette } from './palette.ts';

export interface DrawState {
  palette: Palette;
  registry: IdRegistry;
  /** -1 when nothing of this step is selected. */
  selectedEvent: number;
  selectedChunk: number;
  hoverId: string | null;
  isLive: boolean;
}

export function drawStep(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, height: number, state: DrawState): void {
  context.clearRect(0, 0, frame.width, height);
  context.lineJoin = 'round';
  drawGrid(context, scene, frame, height, state.palette);
  drawSilences(context, scene, frame, height, state.palette);
  drawCauses(context, scene, frame, state);
  for (const row of scene.layout.rows) {
    if (row.top > 0) {
      context.strokeStyle = state.palette.line;
      line(context, 0, row.top + 0.5, frame.width, row.top + 0.5, 1);
    }
    if (row.kind === 'upstream') drawUpstreamRow(context, scene, frame, row, state);
    else if (row.kind === 'response') drawResponseRow(context, scene, frame, row, state);
    else if (row.kind === 'quiet') drawQuietRow(context, scene, frame, row, state);
    else if (row.lane !== null) drawItemRow(context, scene, frame, row, state);
    context.globalAlpha = 1;
  }
  drawLit(context, scene, frame, state);
  drawSelection(context, scene, frame, state);
}

function drawGrid(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, height: number, palette: Palette): void {
  context.strokeStyle = palette.line;
  for (const { unit } of toTicks(frame.view, frame.width)) {
    const x = Math.round(toPx(frame.view, unit)) + 0.5;
    line(context, x, (scene.layout.rows[0]?.height ?? 0) - 5, x, height, 1);
  }
}

function drawSilences(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, height: number, palette: Palette): void {
  if (palette.dots === null) return;
  const top = scene.layout.rows.find((row) => row.kind === 'response')?.top ?? 0;
  context.fillStyle = palette.dots;
  for (const silence of scene.silences) {
    const left = Math.max(0, toPx(frame.view, silence.fromMs) + 8);
    const right = Math.min(frame.width, toPx(frame.view, silence.toMs) - 4);
    if (right - left < 6) continue;
    context.fillRect(left, top + 1, right - left, height - top);
  }
}

const MIN_LINK_PITCH_PX = 6;

function drawCauses(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, state: DrawState): void {
  const row = scene.layout.rows.find((candidate) => candidate.kind === 'upstream');
  if (row === undefined || frame.pitchPx < MIN_LINK_PITCH_PX) return;
  context.strokeStyle = state.palette.ink3;
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  for (let i = frame.from; i < frame.to; i += 1) {
    const chunk = valueAt(scene.track.chunk, i);
    if (chunk < 0 || chunk >= scene.track.chunkCount || scene.track.chunkEvent[chunk] !== i || i === state.selectedEvent) continue;
    if (valueAt(scene.track.lane, i) < 0) continue;
    causeLink(context, snap(chunkPx(scene, frame, chunk)), row.centre + 5, snap(eventPx(scene, frame, i)), eventY(scene, i));
  }
  context.globalAlpha = 1;
}

const snap = (x: number): number => Math.round(x - 0.5) + 0.5;

function drawSelection(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, state: DrawState): void {
  const event = state.selectedEvent;
  if (event < 0 || event >= scene.track.count) return;
  const x = eventPx(scene, frame, event);
  const y = eventY(scene, event);
  context.strokeStyle = state.palette.ink;
  context.fillStyle = state.palette.ink;
  const row = scene.layout.rows.find((candidate) => candidate.kind === 'upstream');
  const chunk = valueAt(scene.track.chunk, event);
  if (row !== undefined && chunk >= 0 && chunk < scene.track.chunkCount) {
    const fromX = chunkPx(scene, frame, chunk);
    context.lineWidth = 1.5;
    causeLink(context, fromX, row.centre + 8, x, y - 11);
    context.beginPath();
    context.arc(fromX, row.centre + 9, 2.5, 0, Math.PI * 2);
    context.fill();
  }
  context.lineWidth = 1.5;
  roundBox(context, Math.round(x) - 6.5, y - 11, 13, 22, 3);
  context.stroke();
}
