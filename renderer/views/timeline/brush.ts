/** Between the overview's pixels, which are wall time, and the selected step's own units. Pure. */
import { lowerBound, valueAt } from '../../model/columns.ts';
import { unitsInView } from '../../model/timeline/brushed.ts';
import type { Positions } from '../../model/timeline/positions.ts';
import type { View } from '../../model/timeline/scale.ts';
import type { AxisPiece } from '../../model/timeline/session-axis.ts';

/** The times of a step's events, and where those events stand along the axis in use. */
export interface BrushedStep {
  tMs: Float64Array;
  positions: Positions;
}

/** The brush for the view in use; the whole step when it fits. */
export function brushOf(options: {
  pieces: readonly AxisPiece[];
  selected: number;
  view: View | null;
  step: BrushedStep | null;
  plotWidth: number;
  width: number;
}): { left: number; right: number } {
  const { pieces, selected, view, step, plotWidth, width } = options;
  const piece = pieces.find((candidate) => candidate.kind === 'step' && candidate.step === selected);
  if (piece === undefined) return { left: 0, right: width };
  if (view === null || step === null) return { left: piece.left, right: piece.right };
  const units = unitsInView(view, plotWidth);
  const span = piece.toMs - piece.fromMs;
  const from = Math.min(1, Math.max(0, toMs(step, units.from) / span));
  const to = Math.min(1, toMs(step, units.to) / span);
  const pixels = piece.right - piece.left;
  return { left: piece.left + from * pixels, right: piece.left + Math.max(to, from) * pixels };
}

/** The part of the selected step that lies between two pixels, in units of its axis; null when the step is not drawn. */
export function brushToUnits(options: {
  pieces: readonly AxisPiece[];
  selected: number;
  step: BrushedStep | null;
  left: number;
  right: number;
}): { from: number; to: number } | null {
  const { pieces, selected, step, left, right } = options;
  const piece = pieces.find((candidate) => candidate.kind === 'step' && candidate.step === selected);
  if (piece === undefined || step === null || piece.right <= piece.left) return null;
  const perPx = (piece.toMs - piece.fromMs) / (piece.right - piece.left);
  const from = Math.max(0, (left - piece.left) * perPx);
  const to = Math.min(piece.toMs - piece.fromMs, (right - piece.left) * perPx);
  if (to <= from) return null;
  if (step.positions.mode === 'time') return { from, to };
  const { count, event } = step.positions;
  const first = lowerBound(step.tMs, count, from);
  const end = lowerBound(step.tMs, count, to);
  return end > first ? { from: valueAt(event, first), to: valueAt(event, end - 1) } : null;
}

/** In event order: the time of the event that stands there. */
function toMs(step: BrushedStep, unit: number): number {
  const { mode, count, event } = step.positions;
  if (mode === 'time' || count === 0) return unit;
  return valueAt(step.tMs, Math.min(count - 1, lowerBound(event, count, unit)));
}
