/** A folded step in one strip: every event in its id's colour, upstream above, findings in red. */
import { valueAt } from '../../model/columns.ts';
import { useCallback, type ReactElement } from 'react';
import type { Step } from '../../../proxy-core/protocol/api/control-api.ts';
import { lookOf } from '../../model/id-registry.ts';
import { useSession } from '../../model/session-store.ts';
import type { StepTrack } from '../../model/step-track.ts';
import { fitView, PAD_LEFT, type View } from '../../model/timeline/scale.ts';
import { chunkPx, eventPx, toFrame, toScene, type Scene } from '../../model/timeline/scene.ts';
import { useEffectiveTheme } from '../../shell/theme.ts';
import { Canvas } from './canvas.tsx';
import { tick } from './draw/marks.ts';
import { readPalette, slotColor } from './draw/palette.ts';

const DENSE = 1500;

export function FoldedStrip(props: {
  track: StepTrack;
  step: Step;
  mode: 'time' | 'order';
  width: number;
  /** null = fit this step alone. */
  extent: number | null;
  height: number;
}): ReactElement {
  const { track, width, height, mode } = props;
  const registry = useSession((state) => state.registry);
  const theme = useEffectiveTheme();
  const scene = toScene(track, mode);
  const extent = Math.max(props.extent ?? 0, scene.positions.extent);
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const palette = readPalette(context, theme);
      const frame = toFrame(scene, fitView(extent, width), width);
      context.clearRect(0, 0, width, height);
      const stride = Math.max(1, Math.floor(scene.positions.chunkCount / DENSE));
      context.strokeStyle = palette.ink2;
      for (let i = 0; i < scene.positions.chunkCount; i += stride) tick(context, chunkPx(scene, frame, i), 5, 5, 1);
      const eventStride = Math.max(1, Math.floor(track.count / DENSE));
      const y = height / 2 + 5;
      for (let i = 0; i < track.count; i += eventStride) {
        const id = track.ids[valueAt(track.id, i)];
        const slot = track.isGhost[i] === 1 ? -1 : id === undefined ? 0 : lookOf(registry, id).slot;
        context.strokeStyle = slotColor(palette, slot);
        if (slot === -1 || track.severity[i] === 3) drawBroken(context, eventPx(scene, frame, i), y);
        else tick(context, eventPx(scene, frame, i), y, 9, 2);
      }
      drawFaults(context, scene, fitView(extent, width), { y, color: palette.err });
    },
    [scene, extent, width, height, theme, registry, track],
  );
  return <Canvas width={width} height={height} draw={draw} />;
}

/** A faulty event is a broken tick, longer than the others: its colour may look like an id's. */
function drawBroken(context: CanvasRenderingContext2D, x: number, y: number): void {
  tick(context, x, y - 4, 5, 2);
  tick(context, x, y + 4, 5, 2);
}

/** Findings are drawn last and never thin out: one red foot per 2 px bin. */
function drawFaults(context: CanvasRenderingContext2D, scene: Scene, view: View, mark: { y: number; color: string }): void {
  const { y, color } = mark;
  const bins = new Set<number>();
  context.fillStyle = color;
  for (const event of scene.track.findingsByEvent.keys()) {
    if (event >= scene.track.count || scene.track.severity[event] !== 3) continue;
    const bin = Math.round((PAD_LEFT + valueAt(scene.positions.event, event) * view.pxPerUnit) / 2);
    if (bins.has(bin) || bins.size > 2000) continue;
    bins.add(bin);
  }
  if (scene.track.count <= DENSE) return;
  for (const bin of bins) context.fillRect(bin * 2 - 1, y - 6, 2, 2);
}
