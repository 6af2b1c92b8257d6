/** What the brush leaves of a step: the events in sight, and how the range reads. Pure. */
import { lowerBound } from '../columns.ts';
import type { EventRange } from '../filters.ts';
import type { Positions } from './positions.ts';
import { PAD_LEFT, PAD_RIGHT, type View } from './scale.ts';

/** A brushed edge falls between two events of the same microsecond at most by rounding. */
const ROUNDING = 1e-6;

/** First and last unit between the paddings of a plot. */
export function unitsInView(view: View, width: number): { from: number; to: number } {
  return { from: view.start, to: view.start + Math.max(0, width - PAD_LEFT - PAD_RIGHT) / view.pxPerUnit };
}

export function eventsInView(positions: Positions, view: View, width: number): EventRange {
  const { from, to } = unitsInView(view, width);
  return {
    from: lowerBound(positions.event, positions.count, from - ROUNDING),
    to: lowerBound(positions.event, positions.count, to + ROUNDING),
  };
}

/** `time` `120–180 ms`, or `event` `12–30`. */
export function rangeText(positions: Positions, view: View, width: number): { key: string; value: string } {
  if (positions.mode === 'order') {
    const { from, to } = eventsInView(positions, view, width);
    return { key: 'event', value: to > from ? `${from}–${to - 1}` : 'none' };
  }
  const { from, to } = unitsInView(view, width);
  const digits = to - from < 5 ? 1 : 0;
  return { key: 'time', value: `${from.toFixed(digits)}–${to.toFixed(digits)} ms` };
}
