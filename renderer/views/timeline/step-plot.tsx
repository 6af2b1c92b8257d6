/** An open step's lanes: gutter, canvas, labels, axis; pointer, wheel and keys move through its events. */
import { valueAt } from '../../model/columns.ts';
import { useCallback, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactElement } from 'react';
import { commandById } from '../../model/commands.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import type { StepTrack } from '../../model/step-track.ts';
import { chunkAt, eventAt, toFrame, toScene, type Scene } from '../../model/timeline/scene.ts';
import { useEffectiveTheme } from '../../shell/theme.ts';
import { Axis } from './axis.tsx';
import { Canvas } from './canvas.tsx';
import { drawStep } from './draw/draw-step.ts';
import { readPalette } from './draw/palette.ts';
import { EdgeCounts } from './edge-counts.tsx';
import { Gutter } from './gutter.tsx';
import { moveByArrow, describeEvent } from './plot-keys.ts';
import type { StepBandProps } from './step-band.tsx';
import { StepLabels } from './step-labels.tsx';
import { localPoint } from '../../services/local-point.ts';
import { usePanZoom } from './use-pan-zoom.ts';
import { useView } from './use-timeline.ts';

export function StepPlot(props: StepBandProps & { track: StepTrack }): ReactElement {
  const { step, track, width, mode } = props;
  const plot = useRef<HTMLDivElement>(null);
  const registry = useSession((state) => state.registry);
  const theme = useEffectiveTheme();
  const view = useView(props.extent, width);
  const scene = toScene(track, mode);
  const frame = useMemo(() => toFrame(scene, view, width), [scene, view, width]);
  const hoverId = useSelection((state) => state.hoverId);
  const hover = useSelection((state) => state.hover);
  const selectedEvent = useSelection((state) => (props.isSelected ? (state.event ?? -1) : -1));
  const select = useSelection((state) => state.select);
  const [isGrabbing, setIsGrabbing] = useState(false);
  const height = scene.layout.height;
  // what has not been read yet must not be drawn as missing
  const isLive = step.status === 'streaming' || track.count < track.total;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      drawStep(context, scene, frame, height, {
        palette: readPalette(context, theme),
        registry,
        selectedEvent,
        selectedChunk: -1,
        hoverId,
        isLive,
      });
    },
    [scene, frame, height, theme, registry, selectedEvent, hoverId, isLive],
  );
  const pan = usePanZoom(plot, { view, extent: props.extent, width, onGrab: setIsGrabbing });
  const at = (event: MouseEvent): { x: number; y: number } => localPoint(plot.current!, event, width);

  const onClick = (event: MouseEvent): void => {
    if (pan.hasMoved()) return;
    const { x, y } = at(event);
    const found = eventAt(scene, frame, { x, y });
    if (found >= 0) {
      select({ step: props.position, event: found, detailsTab: track.findingsByEvent.has(found) ? 'finding' : 'event' });
      return;
    }
    const row = scene.layout.rows.find((candidate) => y >= candidate.top && y < candidate.top + candidate.height);
    const chunk = row?.kind === 'upstream' ? chunkAt(scene, frame, x) : -1;
    const effect = chunk >= 0 ? valueAt(track.chunkEvent, chunk) : -1;
    if (effect >= 0) select({ step: props.position, event: effect, detailsTab: 'chunk' });
    else select({ step: props.position, event: null });
  };
  const onDoubleClick = (event: MouseEvent): void => {
    const { y } = at(event);
    const { lane } = scene.layout.rows.find((row) => y >= row.top && y < row.top + row.height) ?? { lane: null };
    if (lane === null) return;
    select({ step: props.position, event: lane.firstEvent });
    commandById('fit-selection')?.run();
  };
  const onMove = (event: MouseEvent): void => {
    if (isGrabbing) return;
    const { x, y } = at(event);
    hover(idAt(scene, track, eventAt(scene, frame, { x, y }, 7)));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = moveByArrow(scene, selectedEvent, event.key);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    select({ step: props.position, event: next });
  };
  return (
    <div className="step-plot" style={{ height }}>
      <Gutter scene={scene} step={step} width={props.gutter} isNarrow={props.isNarrow} />
      <div
        ref={plot}
        className={`plot${isGrabbing ? ' grabbing' : ''}`}
        style={{ width }}
        tabIndex={0}
        data-pane-focus={props.isSelected ? '' : undefined}
        role="application"
        aria-roledescription="timeline"
        aria-label={`Timeline of step ${props.position + 1}. ${describeEvent(scene, selectedEvent)}`}
        onClick={onClick}
        onDoubleClick={onDoubleClick}
        onMouseMove={onMove}
        onMouseLeave={() => hover(null)}
        onKeyDown={onKeyDown}
      >
        <Canvas width={width} height={height} draw={draw} />
        <Axis scene={scene} frame={frame} mode={mode} selectedEvent={selectedEvent} />
        <StepLabels scene={scene} frame={frame} registry={registry} isNarrow={props.isNarrow} position={props.position} />
        <EdgeCounts
          scene={scene}
          frame={frame}
          registry={registry}
          id={hoverId ?? (selectedEvent < 0 ? null : (track.ids[valueAt(track.id, selectedEvent)] ?? null))}
          position={props.position}
        />
      </div>
    </div>
  );
}

function idAt(scene: Scene, track: StepTrack, event: number): string | null {
  if (event < 0) return null;
  return track.ids[valueAt(track.id, event)] ?? scene.track.responseIds[0]?.id ?? null;
}
