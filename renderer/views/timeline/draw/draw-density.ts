/** Crowded lanes: histograms of 2 px bins, and the rail above a lane where findings keep their mark. */
import { valueAt } from '../../../model/columns.ts';
import { BIN_PX, countBins, flagBins, type LaneEvents } from '../../../model/timeline/bins.ts';
import { toUnit } from '../../../model/timeline/scale.ts';
import type { Frame } from '../../../model/timeline/scene.ts';
import { cross } from './marks.ts';
import { severityColor, type Palette } from './palette.ts';

/** Bars from `bottom` upwards, height = sqrt(count), the tallest in view fills `height`. */
export function drawHistogram(context: CanvasRenderingContext2D, lane: LaneEvents, frame: Frame, bottom: number, height: number): void {
  const bins = Math.ceil(frame.width / BIN_PX);
  const start = toUnit(frame.view, 0);
  const counts = countBins(lane, start, BIN_PX / frame.view.pxPerUnit, bins);
  let most = 1;
  for (const count of counts) most = Math.max(most, count);
  const scale = height / Math.sqrt(most);
  for (let bin = 0; bin < bins; bin += 1) {
    const count = valueAt(counts, bin);
    if (count === 0) continue;
    const bar = Math.max(2, Math.sqrt(count) * scale);
    context.fillRect(bin * BIN_PX, Math.round(bottom - bar), BIN_PX, Math.round(bar));
  }
}

const MIN_RAIL_GAP_PX = 6;

/** One mark per bin with a finding, worst severity wins; neighbours closer than 6 px merge into a bar. */
export function drawRail(context: CanvasRenderingContext2D, lane: LaneEvents, frame: Frame, y: number, palette: Palette): void {
  if (lane.flagged.length === 0) return;
  const bins = Math.ceil(frame.width / BIN_PX);
  const flags = flagBins(lane, toUnit(frame.view, 0), BIN_PX / frame.view.pxPerUnit, bins);
  let lastCross = -Infinity;
  for (let bin = 0; bin < bins; bin += 1) {
    const severity = valueAt(flags, bin);
    if (severity === 0) continue;
    const x = bin * BIN_PX + 1;
    context.strokeStyle = severityColor(palette, severity);
    context.fillStyle = context.strokeStyle;
    if (x - lastCross >= MIN_RAIL_GAP_PX) {
      cross(context, x, y, 2.5, 1.5);
      lastCross = x;
    } else context.fillRect(x - 1, y - 1, BIN_PX, 2);
  }
}
