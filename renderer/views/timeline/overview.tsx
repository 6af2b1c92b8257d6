/** The whole session in absolute time, and the brush that says what part of it is in sight. */
import { valueAt } from '../../model/columns.ts';
import { Minus, Plus } from 'lucide-react';
import { useCallback, useMemo, useRef, type PointerEvent, type ReactElement } from 'react';
import { formatMs } from '../../components/format.ts';
import { useSize } from '../../model/hooks.ts';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import { fitRange, zoomAbout } from '../../model/timeline/scale.ts';
import { toSessionAxis, type AxisPiece } from '../../model/timeline/session-axis.ts';
import { toScene } from '../../model/timeline/scene.ts';
import { useTimelineView } from '../../model/timeline-view-store.ts';
import { useUi } from '../../model/ui-store.ts';
import { useEffectiveTheme } from '../../shell/theme.ts';
import { Canvas } from './canvas.tsx';
import { drawOverview } from './draw/draw-overview.ts';
import { readPalette } from './draw/palette.ts';
import { brushOf, brushToUnits } from './brush.ts';
import { localPoint } from '../../services/local-point.ts';
import { GUTTER_NARROW_PX, GUTTER_PX } from './step-stack.tsx';
import { useTimeline, useView } from './use-timeline.ts';

const HEIGHT_PX = 38;

export function Overview(props: { isNarrow: boolean }): ReactElement {
  const mode = useUi((state) => state.mode);
  const setUi = useUi((state) => state.set);
  const setView = useTimelineView((state) => state.setView);
  const strip = useRef<HTMLDivElement>(null);
  const { width } = useSize(strip);
  const timeline = useTimeline();
  const plotWidth = width;
  const view = useView(timeline.extent, Math.max(100, plotWidth));
  const zoom = (factor: number): void => setView(zoomAbout(view, plotWidth / 2, factor, { extent: timeline.extent, width: plotWidth }));
  return (
    <div className="overview">
      <div className="overview-tools" style={{ width: props.isNarrow ? GUTTER_NARROW_PX : GUTTER_PX }}>
        <div className="segments" role="group" aria-label="Axis">
          <button
            type="button"
            aria-pressed={mode === 'time'}
            title="Wall clock"
            onClick={() => {
              setUi({ mode: 'time' });
              setView(null);
            }}
          >
            Time
          </button>
          <button
            type="button"
            aria-pressed={mode === 'order'}
            title="Equal distance per event"
            onClick={() => {
              setUi({ mode: 'order' });
              setView(null);
            }}
          >
            Order
          </button>
        </div>
        {!props.isNarrow && (
          <>
            <button type="button" className="icon-button small" aria-label="Zoom out" title="Zoom out (S)" onClick={() => zoom(1 / 1.5)}>
              <Minus className="icon" aria-hidden="true" />
            </button>
            <button type="button" className="icon-button small" aria-label="Zoom in" title="Zoom in (W)" onClick={() => zoom(1.5)}>
              <Plus className="icon" aria-hidden="true" />
            </button>
          </>
        )}
      </div>
      <div className="overview-strip" ref={strip}>
        {width > 0 && <OverviewStrip width={width} />}
      </div>
    </div>
  );
}

function OverviewStrip(props: { width: number }): ReactElement {
  const { width } = props;
  const host = useRef<HTMLDivElement>(null);
  const timeline = useTimeline();
  const tracks = useSession((state) => state.tracks);
  const version = useSession((state) => state.version);
  const contents = useMemo(() => ({ tracks, version }), [tracks, version]);
  const registry = useSession((state) => state.registry);
  const view = useTimelineView((state) => state.view);
  const theme = useEffectiveTheme();
  const select = useSelection((state) => state.select);
  const { steps, selected } = timeline;
  const pieces = useMemo(() => {
    const origin = steps[0]?.startedAt ?? 0;
    const spans = steps.map((step) => {
      const fromMs = (step.startedAt - origin) / 1000;
      const track = contents.tracks.get(step.id);
      const lastMs = track === undefined || track.count === 0 ? 0 : valueAt(track.tMs, track.count - 1);
      return { fromMs, toMs: fromMs + Math.max(step.durationMs ?? 0, lastMs) };
    });
    return toSessionAxis(spans, width);
  }, [steps, contents, width]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D) =>
      drawOverview(context, {
        pieces,
        steps,
        tracks: contents.tracks,
        registry,
        palette: readPalette(context, theme),
        width,
        height: HEIGHT_PX,
      }),
    [pieces, steps, contents, registry, theme, width],
  );
  const plotWidth = useTimelineView((state) => state.plotWidth);
  const track = contents.tracks.get(steps[selected]?.id ?? '');
  const step = track === undefined ? null : { tMs: track.tMs, positions: toScene(track, timeline.mode).positions };
  const brush = brushOf({ pieces, selected, view, step, plotWidth, width });
  const drag = useRef<{ part: 'left' | 'right' | 'move'; x: number; left: number; right: number } | null>(null);
  const onPointerDown = (event: PointerEvent): void => {
    const { x } = localPoint(host.current!, event, width);
    host.current?.setPointerCapture(event.pointerId);
    const part =
      Math.abs(x - brush.left) < 7 ? 'left' : Math.abs(x - brush.right) < 7 ? 'right' : x > brush.left && x < brush.right ? 'move' : null;
    if (part === null) {
      const piece = pieces.find((candidate) => candidate.kind === 'step' && x >= candidate.left && x <= candidate.right);
      if (piece !== undefined) select({ step: piece.step });
      useTimelineView.getState().setView(null);
      return;
    }
    drag.current = { part, x, left: brush.left, right: brush.right };
  };
  const onPointerMove = (event: PointerEvent): void => {
    const start = drag.current;
    if (start === null) return;
    const { x } = localPoint(host.current!, event, width);
    const by = x - start.x;
    const left = start.part === 'right' ? start.left : start.left + by;
    const right = start.part === 'left' ? start.right : start.right + by;
    const units = brushToUnits({ pieces, selected, step, left: Math.min(left, right - 4), right: Math.max(right, left + 4) });
    if (units !== null) useTimelineView.getState().brush(fitRange(units.from, units.to, plotWidth));
  };
  return (
    <div
      ref={host}
      className="overview-host"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        drag.current = null;
      }}
      onDoubleClick={() => useTimelineView.getState().setView(null)}
    >
      <Canvas width={width} height={HEIGHT_PX} draw={draw} />
      {pieces.map((piece) => (piece.kind === 'gap' && piece.right - piece.left > 30 ? <GapLabel key={piece.step} piece={piece} /> : null))}
      {steps.length > 0 && (
        <div
          className="brush"
          style={{ left: brush.left, width: Math.max(8, brush.right - brush.left) }}
          title="Drag the edges to zoom, the middle to pan; double-click fits"
        >
          <span className="brush-handle" />
          <span className="brush-handle" />
        </div>
      )}
    </div>
  );
}

function GapLabel(props: { piece: AxisPiece }): ReactElement {
  const { piece } = props;
  return (
    <span className="gap-label" style={{ left: piece.left, width: piece.right - piece.left }}>
      {formatMs(piece.toMs - piece.fromMs)}
    </span>
  );
}
