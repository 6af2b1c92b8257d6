import { describe, expect, it } from 'vitest';
import { BROKEN, LEAKED, RS, toTrack } from '../example-rows.ts';
import { countOutside } from './edge-counts.ts';
import { fitRange } from './scale.ts';
import { toFrame, toScene } from './scene.ts';

const scene = toScene(toTrack(BROKEN), 'time');
const inView = (from: number, to: number) => toFrame(scene, fitRange(from, to, 500), 500);

describe('countOutside', () => {
  it('counts uses on both sides of what is in sight, and names the nearest', () => {
    // 44..60 ms is in sight: reasoning opened at 32 ms, and is done and closed at 90 ms
    expect(countOutside(scene, inView(44, 60), RS)).toMatchObject([
      { side: 'earlier', count: 1, event: 2 },
      { side: 'later', count: 2, event: 7 },
    ]);
    expect(countOutside(scene, inView(44, 60), LEAKED)).toMatchObject([{ side: 'later', count: 3, event: 9 }]);
  });
  it('has nothing to say when all is in sight, or the id is not of this step', () => {
    expect(countOutside(scene, inView(0, 110), RS)).toEqual([]);
    expect(countOutside(scene, inView(44, 60), 'msg_elsewhere')).toEqual([]);
  });
});
