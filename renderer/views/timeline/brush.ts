/** Between the overview's pixels and the selected step's own time. Pure. */
import { PAD_LEFT, PAD_RIGHT, type View } from '../../model/timeline/scale.ts';
import type { AxisPiece } from '../../model/timeline/session-axis.ts';

/** The brush for the view in use; the whole step when it fits. */
export function brushOf(options: {
  pieces: readonly AxisPiece[];
  selected: number;
  view: View | null;
  mode: 'time' | 'order';
  extent: number;
  width: number;
}): { left: number; right: number } {
  const { pieces, selected, view, mode, extent, width } = options;
  const piece = pieces.find((candidate) => candidate.kind === 'step' && candidate.step === selected);
  if (piece === undefined) return { left: 0, right: width };
  if (view === null) return { left: piece.left, right: piece.right };
  const span = mode === 'time' ? piece.toMs - piece.fromMs : extent;
  const room = Math.max(1, width - PAD_LEFT - PAD_RIGHT);
  const from = Math.max(0, view.start / span);
  const to = Math.min(1, (view.start + room / view.pxPerUnit) / span);
  const pixels = piece.right - piece.left;
  return { left: piece.left + from * pixels, right: piece.left + Math.max(to, from) * pixels };
}

/** The part of the selected step that lies between two pixels, in ms; null when the step is not drawn. */
export function brushToView(
  pieces: readonly AxisPiece[],
  selected: number,
  left: number,
  right: number,
): { from: number; to: number } | null {
  const piece = pieces.find((candidate) => candidate.kind === 'step' && candidate.step === selected);
  if (piece === undefined || piece.right <= piece.left) return null;
  const perPx = (piece.toMs - piece.fromMs) / (piece.right - piece.left);
  const from = Math.max(0, (left - piece.left) * perPx);
  const to = Math.min(piece.toMs - piece.fromMs, (right - piece.left) * perPx);
  return to > from ? { from, to } : null;
}
