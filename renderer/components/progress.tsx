/** How far something is, as a bar with numbers that are read out. No colour: it is neither good nor bad. */
import type { ReactElement } from 'react';

export function Progress(props: { label: string; value: number; max: number }): ReactElement {
  const share = props.max === 0 ? 0 : Math.min(1, props.value / props.max);
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={props.max}
      aria-valuenow={props.value}
    >
      <div style={{ width: `${share * 100}%` }} />
    </div>
  );
}
