/** The id under the pointer: every use in sight gets an ink outline; too close for that, the run is underlined. */
import { valueAt } from '../../../model/columns.ts';
import { eventPx, eventY, type Frame, type Scene } from '../../../model/timeline/scene.ts';
import type { DrawState } from './draw-step.ts';
import { line, roundBox } from './marks.ts';

/** More events than this in sight are bins, not marks. */
const MAX_EVENTS = 4000;
const MIN_GAP_PX = 13;

export function drawLit(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, state: DrawState): void {
  const code = state.hoverId === null ? undefined : scene.track.idCodes.get(state.hoverId);
  if (code === undefined || frame.to - frame.from > MAX_EVENTS) return;
  context.strokeStyle = state.palette.ink;
  let run: { from: number; to: number; y: number } | null = null;
  const end = (): void => {
    if (run === null) return;
    if (run.from === run.to) {
      context.lineWidth = 1;
      roundBox(context, Math.round(run.from) - 5.5, run.y - 10, 11, 20, 3);
      context.stroke();
    } else line(context, run.from - 5, run.y + 11, run.to + 5, run.y + 11, 1.5);
    run = null;
  };
  for (let event = frame.from; event < frame.to; event += 1) {
    if (valueAt(scene.track.id, event) !== code) continue;
    const x = eventPx(scene, frame, event);
    const y = eventY(scene, event);
    if (run !== null && run.y === y && x - run.to < MIN_GAP_PX) run.to = x;
    else {
      end();
      run = { from: x, to: x, y };
    }
  }
  end();
}
