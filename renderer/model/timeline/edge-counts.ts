/**
 * How many uses of one id lie outside what is in sight of a step, earlier and later, and the nearest of
 * each, so that a click gets there. Pure.
 */
import { valueAt } from '../columns.ts';
import { eventY, type Frame, type Scene } from './scene.ts';

export interface EdgeCount {
  side: 'earlier' | 'later';
  count: number;
  /** The nearest one. */
  event: number;
  /** Centre of its mark. */
  y: number;
}

export function countOutside(scene: Scene, frame: Frame, id: string): EdgeCount[] {
  const { track } = scene;
  const code = track.idCodes.get(id);
  if (code === undefined) return [];
  const counts: EdgeCount[] = [];
  const count = (side: EdgeCount['side'], from: number, to: number): void => {
    let seen = 0;
    let nearest = -1;
    for (let event = from; event < to; event += 1) {
      if (valueAt(track.id, event) !== code) continue;
      seen += 1;
      if (nearest < 0 || side === 'earlier') nearest = event;
    }
    if (seen > 0) counts.push({ side, count: seen, event: nearest, y: eventY(scene, nearest) });
  };
  count('earlier', 0, frame.from);
  count('later', frame.to, track.count);
  return counts;
}
