/**
 * Events of one instant step aside five times; those after that lie on the fifth, and "+n" behind it says
 * how many there are. Pure.
 */
import { valueAt } from '../columns.ts';
import { add, type LabelContext } from './label-context.ts';
import { MAX_NUDGE } from './positions.ts';
import { eventPx, eventY } from './scene.ts';

/** Beyond this many events in view nobody reads single marks. */
const MAX_EVENTS = 4000;

interface Stack {
  /** The event that is seen, and those that lie under it. */
  top: number;
  first: number;
  last: number;
  count: number;
}

/** Events that lie on the same spot of the same lane. */
export function findStacks(context: Pick<LabelContext, 'scene' | 'frame'>): Stack[] {
  const { scene, frame } = context;
  if (frame.to - frame.from > MAX_EVENTS) return [];
  const stacks: Stack[] = [];
  let byPlace = new Map<number, Stack>();
  for (let event = frame.from; event < frame.to; event += 1) {
    if (valueAt(scene.positions.nudge, event) < MAX_NUDGE) {
      byPlace = new Map();
      continue;
    }
    const place = eventY(scene, event);
    const known = byPlace.get(place);
    if (known === undefined) byPlace.set(place, { top: event, first: event, last: event, count: 0 });
    else {
      if (known.count === 0) stacks.push(known);
      known.count += 1;
      known.first = known.count === 1 ? event : known.first;
      known.last = event;
    }
  }
  return stacks;
}

export function stackLabels(context: LabelContext): void {
  const { scene, frame } = context;
  for (const stack of findStacks(context)) {
    const x = eventPx(scene, frame, stack.top);
    const y = eventY(scene, stack.top);
    add(context, {
      key: `stack-${stack.top}`,
      kind: 'id',
      text: `+${stack.count}`,
      tone: 'ink2',
      font: 'ui',
      anchor: 'left',
      event: stack.first,
      title: `${stack.count} more at the same instant: ${stack.count === 1 ? `event ${stack.first}` : `events ${stack.first} to ${stack.last}`}`,
      // on the line while nothing of the lane follows at once, else above it
      owner: `id-${valueAt(scene.track.lane, stack.top)}`,
      places: [
        ...(hasRoomAfter(context, stack, x + ROOM_PX) ? [{ x: x + 9, y, isOnOwn: true }] : []),
        { x: x + 4, y: y - 15.5 },
        { x: x + 4, y: y + 15.5 },
      ],
    });
  }
}

const ROOM_PX = 44;

function hasRoomAfter(context: LabelContext, stack: Stack, untilPx: number): boolean {
  const { scene, frame } = context;
  const y = eventY(scene, stack.top);
  for (let event = stack.last + 1; event < frame.to; event += 1) {
    if (eventPx(scene, frame, event) > untilPx) return true;
    if (eventY(scene, event) === y) return false;
  }
  return true;
}
