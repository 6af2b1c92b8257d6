/** Small joins of the stores that several panes need: the step on screen, the room there is. */
import { useEffect, useState, type RefObject } from 'react';
import type { Step } from '../../proxy-core/protocol/api/control-api.ts';
import { useSelection } from './selection.ts';
import { useSession } from './session-store.ts';
import type { StepTrack } from './step-track.ts';

/** The selected step and its track; re-renders when the track grows. */
export function useSelectedStep(): { step: Step | null; track: StepTrack | null } {
  const index = useSelection((state) => state.step);
  const session = useSession((state) => state.session);
  useSession((state) => state.version);
  const step = (index === null ? session?.steps[0] : session?.steps[index]) ?? null;
  const track = step === null ? null : (useSession.getState().tracks.get(step.id) ?? null);
  return { step, track };
}

/** The inner size of an element, followed while it changes. */
export function useSize(ref: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** True while the window matches; follows it. */
export function useMedia(query: string): boolean {
  const [isMatch, setIsMatch] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const follow = (): void => setIsMatch(list.matches);
    follow();
    list.addEventListener('change', follow);
    return () => list.removeEventListener('change', follow);
  }, [query]);
  return isMatch;
}
