/** Ctrl+wheel zooms about the pointer, sideways wheel and dragging pan. Plain wheel scrolls the steps. */
import { useEffect, useRef, type RefObject } from 'react';
import { panBy, zoomAbout, type View } from '../../model/timeline/scale.ts';
import { useTimelineView } from '../../model/timeline-view-store.ts';
import { localPoint } from '../../services/local-point.ts';

const DRAG_THRESHOLD_PX = 4;
const ZOOM_PER_WHEEL_PX = 0.0022;

export function usePanZoom(
  plot: RefObject<HTMLDivElement | null>,
  now: { view: View; extent: number; width: number; onGrab: (isGrabbing: boolean) => void },
): { hasMoved: () => boolean } {
  const latest = useRef(now);
  latest.current = now;
  const moved = useRef(false);
  useEffect(() => {
    const element = plot.current;
    if (element === null) return undefined;
    const setView = (view: View): void => useTimelineView.getState().setView(view);
    const onWheel = (event: WheelEvent): void => {
      const { view, extent, width } = latest.current;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        setView(zoomAbout(view, localPoint(element, event, width).x, Math.exp(-event.deltaY * ZOOM_PER_WHEEL_PX), { extent, width }));
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
        event.preventDefault();
        setView(panBy(view, event.shiftKey ? event.deltaY : event.deltaX, extent, width));
      }
    };
    let start: { x: number; view: View } | null = null;
    const onDown = (event: PointerEvent): void => {
      if (event.button !== 0) return;
      moved.current = false;
      start = { x: localPoint(element, event, latest.current.width).x, view: latest.current.view };
    };
    const onMove = (event: PointerEvent): void => {
      if (start === null) return;
      const by = start.x - localPoint(element, event, latest.current.width).x;
      if (!moved.current && Math.abs(by) < DRAG_THRESHOLD_PX) return;
      if (!moved.current) element.setPointerCapture(event.pointerId);
      moved.current = true;
      latest.current.onGrab(true);
      setView(panBy(start.view, by, latest.current.extent, latest.current.width));
    };
    const onUp = (): void => {
      start = null;
      latest.current.onGrab(false);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('pointerdown', onDown);
    element.addEventListener('pointermove', onMove);
    element.addEventListener('pointerup', onUp);
    element.addEventListener('pointercancel', onUp);
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('pointerdown', onDown);
      element.removeEventListener('pointermove', onMove);
      element.removeEventListener('pointerup', onUp);
      element.removeEventListener('pointercancel', onUp);
    };
  }, [plot]);
  return { hasMoved: () => moved.current };
}
