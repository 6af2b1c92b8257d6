/**
 * The line between two panes: drag it, or focus it and use the arrow keys. Sizes are pixels, so that a
 * pane keeps its width when the window changes.
 */
import { useRef, type ReactElement } from 'react';
import { clamp } from '../model/timeline/scale.ts';
import { clientPerPagePx } from '../services/local-point.ts';

const KEY_STEP_PX = 16;

export function Splitter(props: {
  label: string;
  orientation: 'vertical' | 'horizontal';
  value: number;
  min: number;
  max: number;
  /** +1: dragging right or down makes the pane bigger; -1 the other way. */
  direction: 1 | -1;
  onChange: (value: number) => void;
  onReset: () => void;
}): ReactElement {
  const { min, max, direction } = props;
  const start = useRef<{ at: number; value: number } | null>(null);
  const position = (event: { clientX: number; clientY: number }): number =>
    (props.orientation === 'vertical' ? event.clientX : event.clientY) / clientPerPagePx();
  return (
    <div
      className={`splitter ${props.orientation}`}
      role="separator"
      tabIndex={0}
      aria-label={props.label}
      aria-orientation={props.orientation}
      aria-valuenow={Math.round(props.value)}
      aria-valuemin={min}
      aria-valuemax={Math.round(max)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { at: position(event), value: props.value };
      }}
      onPointerMove={(event) => {
        if (start.current === null) return;
        props.onChange(clamp(start.current.value + direction * (position(event) - start.current.at), min, max));
      }}
      onPointerUp={() => {
        start.current = null;
      }}
      onDoubleClick={props.onReset}
      onKeyDown={(event) => {
        const grow = props.orientation === 'vertical' ? 'ArrowRight' : 'ArrowDown';
        const shrink = props.orientation === 'vertical' ? 'ArrowLeft' : 'ArrowUp';
        if (event.key !== grow && event.key !== shrink) return;
        event.preventDefault();
        props.onChange(clamp(props.value + direction * (event.key === grow ? KEY_STEP_PX : -KEY_STEP_PX), min, max));
      }}
    />
  );
}
