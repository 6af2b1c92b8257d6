/** The words on the plot, placed so that they never overlap; each leads to its event and lights up its id. */
import { useMemo, type ReactElement } from 'react';
import { KindGlyph } from '../../components/glyph.tsx';
import { lookColor, lookOf, type IdRegistry } from '../../model/id-registry.ts';
import { useSelection } from '../../model/selection.ts';
import { placeLabels, type PlacedLabel } from '../../model/timeline/labels.ts';
import type { Frame, Scene } from '../../model/timeline/scene.ts';
import { toStepLabels } from '../../model/timeline/step-labels.ts';
import { useTextWidth } from '../../shell/theme.ts';

export function StepLabels(props: { scene: Scene; frame: Frame; registry: IdRegistry; isNarrow: boolean; position: number }): ReactElement {
  const { scene, frame, registry, isNarrow } = props;
  const measure = useTextWidth();
  const labels = useMemo(() => {
    const { wishes, obstacles } = toStepLabels({ scene, frame, registry, widthOf: measure, isNarrow });
    return placeLabels(wishes, frame.width, obstacles);
  }, [scene, frame, registry, isNarrow, measure]);
  return (
    <>
      {labels.map((label) => (
        <PlotLabel key={label.key} label={label} registry={registry} position={props.position} />
      ))}
    </>
  );
}

function PlotLabel(props: { label: PlacedLabel; registry: IdRegistry; position: number }): ReactElement {
  const { label } = props;
  const { style } = label;
  const hover = useSelection((state) => state.hover);
  const select = useSelection((state) => state.select);
  const isLit = useSelection((state) => style.id !== undefined && state.hoverId === style.id);
  const look = style.id === undefined ? null : lookOf(props.registry, style.id);
  return (
    <span
      className={`plot-label ${style.tone} ${style.font}${style.hasMask === true ? ' mask' : ''}${isLit ? ' lit' : ''}`}
      style={{ left: label.left, top: label.top, width: label.width, height: label.height }}
      title={style.title ?? look?.id}
      onMouseMove={(event) => {
        if (style.id === undefined) return;
        event.stopPropagation();
        hover(style.id);
      }}
      onClick={(event) => {
        if (style.event === undefined) return;
        event.stopPropagation();
        select({ step: props.position, event: style.event });
      }}
    >
      {style.hasGlyph === true && look !== null && <KindGlyph kind={look.kind} isFilled={look.isAnnounced} color={lookColor(look)} />}
      {label.text}
    </span>
  );
}
