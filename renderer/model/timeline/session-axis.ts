/**
 * The overview's axis: absolute time over all steps, with the waits between steps (the client's tools)
 * shortened when they would take most of the room. Pure.
 */
export interface StepSpan {
  /** Milliseconds since the session began. */
  fromMs: number;
  toMs: number;
}
export interface AxisPiece {
  kind: 'step' | 'gap';
  /** The step, or the step before the gap. */
  step: number;
  fromMs: number;
  toMs: number;
  left: number;
  right: number;
}

const GAP_SHARE = 0.14;
const MIN_GAP_PX = 44;

/** Lays steps and the gaps between them into `width` pixels, in order. Overlapping steps share room. */
export function toSessionAxis(spans: readonly StepSpan[], width: number): AxisPiece[] {
  const pieces: AxisPiece[] = [];
  let end = spans[0]?.fromMs ?? 0;
  spans.forEach((span, step) => {
    if (span.fromMs - end > 0.5) pieces.push({ kind: 'gap', step: step - 1, fromMs: end, toMs: span.fromMs, left: 0, right: 0 });
    pieces.push({ kind: 'step', step, fromMs: span.fromMs, toMs: Math.max(span.toMs, span.fromMs + 1), left: 0, right: 0 });
    end = Math.max(end, span.toMs);
  });
  const stepMs = sum(pieces, 'step');
  const gapMs = sum(pieces, 'gap');
  const gaps = pieces.filter((piece) => piece.kind === 'gap').length;
  const wantedGap = Math.max(gapMs / Math.max(1, stepMs + gapMs), (gaps * MIN_GAP_PX) / Math.max(1, width));
  const gapRoom = gaps === 0 ? 0 : width * Math.min(wantedGap, Math.max(GAP_SHARE * Math.min(gaps, 4), 0));
  const stepRoom = width - gapRoom;
  let left = 0;
  for (const piece of pieces) {
    const share =
      piece.kind === 'step'
        ? (stepRoom * (piece.toMs - piece.fromMs)) / Math.max(1, stepMs)
        : gapRoom * (0.5 / gaps + (0.5 * (piece.toMs - piece.fromMs)) / Math.max(1, gapMs));
    piece.left = left;
    piece.right = left + share;
    left = piece.right;
  }
  return pieces;
}

function sum(pieces: readonly AxisPiece[], kind: AxisPiece['kind']): number {
  return pieces.reduce((total, piece) => total + (piece.kind === kind ? piece.toMs - piece.fromMs : 0), 0);
}
