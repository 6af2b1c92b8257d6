/** The axis of an open step, and the selected event's time in it. */
import { valueAt } from '../../model/columns.ts';
import type { ReactElement } from 'react';
import { toPx, toTicks } from '../../model/timeline/scale.ts';
import { eventPx, type Frame, type Scene } from '../../model/timeline/scene.ts';

const CHIP_HALF_PX = 28;
/** A number with its unit needs this much. */
const LABEL_PX = 46;

export function Axis(props: { scene: Scene; frame: Frame; mode: 'time' | 'order'; selectedEvent: number }): ReactElement {
  const { scene, frame, selectedEvent } = props;
  const selectedPx = selectedEvent >= 0 && selectedEvent < scene.track.count ? eventPx(scene, frame, selectedEvent) : null;
  const ticks = toTicks(frame.view, frame.width).filter(({ unit }) => toPx(frame.view, unit) <= frame.width - LABEL_PX);
  const isSeconds = props.mode === 'time' && (ticks[0]?.step ?? 0) >= 500;
  const unit = props.mode === 'order' ? '' : isSeconds ? ' s' : ' ms';
  return (
    <>
      {ticks.map(({ unit: at, label }, i) => {
        const x = toPx(frame.view, at);
        if (selectedPx !== null && Math.abs(x + 14 - selectedPx) < CHIP_HALF_PX + 16) return null;
        return (
          <span key={at} className="axis-label" style={{ left: x + 4 }}>
            {isSeconds ? String(at / 1000) : label}
            {i === ticks.length - 1 || ticks.length === 1 ? unit : ''}
          </span>
        );
      })}
      {selectedPx !== null && selectedPx > -CHIP_HALF_PX && selectedPx < frame.width + CHIP_HALF_PX && (
        <span className="axis-chip" style={{ left: Math.min(frame.width - CHIP_HALF_PX, Math.max(CHIP_HALF_PX, selectedPx)) }}>
          {props.mode === 'time' ? `${valueAt(scene.track.tMs, selectedEvent).toFixed(1)} ms` : `event ${selectedEvent}`}
        </span>
      )}
    </>
  );
}
