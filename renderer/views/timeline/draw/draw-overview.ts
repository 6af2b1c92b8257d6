/** The overview strip: upstream ticks above, emitted events below, faults in red; gaps dotted. */
import { valueAt } from '../../../model/columns.ts';
import type { Step } from '../../../../proxy-core/protocol/api/control-api.ts';
import { lookOf, type IdRegistry } from '../../../model/id-registry.ts';
import type { StepTrack } from '../../../model/step-track.ts';
import type { AxisPiece } from '../../../model/timeline/session-axis.ts';
import { line } from './marks.ts';
import { slotColor, type Palette } from './palette.ts';

const MAX_MARKS_PER_PX = 0.5;

export function drawOverview(
  context: CanvasRenderingContext2D,
  options: {
    pieces: readonly AxisPiece[];
    steps: readonly Step[];
    tracks: ReadonlyMap<string, StepTrack>;
    registry: IdRegistry;
    palette: Palette;
    width: number;
    height: number;
  },
): void {
  const { palette, width, height } = options;
  context.clearRect(0, 0, width, height);
  const middle = Math.round(height / 2);
  for (const piece of options.pieces) {
    if (piece.kind === 'gap') {
      context.strokeStyle = palette.field;
      line(context, piece.left + 4, middle + 0.5, piece.right - 4, middle + 0.5, 1, [1, 3]);
      continue;
    }
    context.fillStyle = palette.panel;
    context.fillRect(Math.round(piece.left), 6, Math.max(1, Math.round(piece.right - piece.left)), height - 12);
    const track = options.tracks.get(options.steps[piece.step]?.id ?? '');
    if (track !== undefined) drawPiece(context, piece, track, options.registry, palette, middle);
  }
}

function drawPiece(
  context: CanvasRenderingContext2D,
  piece: AxisPiece,
  track: StepTrack,
  registry: IdRegistry,
  palette: Palette,
  middle: number,
): void {
  const pxPerMs = (piece.right - piece.left) / (piece.toMs - piece.fromMs);
  const most = Math.max(2, (piece.right - piece.left) * MAX_MARKS_PER_PX);
  const x = (ms: number): number => Math.round(piece.left + ms * pxPerMs);
  context.fillStyle = palette.ink3;
  const chunkStride = Math.max(1, Math.ceil(track.chunkCount / most));
  for (let i = 0; i < track.chunkCount; i += chunkStride) context.fillRect(x(valueAt(track.chunkMs, i)), middle - 8, 1, 5);
  const stride = Math.max(1, Math.ceil(track.count / most));
  for (let i = 0; i < track.count; i += stride) {
    if (track.severity[i] === 3) continue;
    const id = track.ids[valueAt(track.id, i)];
    context.fillStyle = id === undefined ? palette.ink3 : slotColor(palette, lookOf(registry, id).slot);
    context.fillRect(x(valueAt(track.tMs, i)), middle + 1, 1, 6);
  }
  context.fillStyle = palette.err;
  let lastX = -1;
  for (let i = 0; i < track.count; i += 1) {
    if (track.severity[i] !== 3) continue;
    const at = x(valueAt(track.tMs, i));
    if (at === lastX) continue;
    lastX = at;
    context.fillRect(at - 0.5, middle, 2, 9);
  }
}
