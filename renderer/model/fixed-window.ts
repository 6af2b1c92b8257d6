/**
 * Which rows of a list with one row height are in sight: arithmetic instead of measurements, so that a
 * million rows cost nothing. The element that scrolls has a header of `headPx` on top.
 */
import { useCallback, useEffect, useLayoutEffect, useState, type RefObject } from 'react';

export interface FixedWindow {
  /** First row to draw and the one after the last. */
  from: number;
  to: number;
  /** Of the rows' part, in pixels; 0 until it is measured. */
  height: number;
  scrollToRow(row: number, align: 'auto' | 'end'): void;
}

const OVERSCAN = 10;

/** @param place what is in sight, and how many rows to draw beyond it on both sides. */
export function toWindow(
  place: { scrollTop: number; height: number; overscan?: number },
  rowPx: number,
  count: number,
): { from: number; to: number } {
  const { scrollTop, height, overscan = OVERSCAN } = place;
  const from = Math.max(0, Math.min(count, Math.floor(scrollTop / rowPx)) - overscan);
  return { from, to: Math.min(count, Math.ceil((scrollTop + height) / rowPx) + overscan) };
}

/** Where to scroll so that a row is in sight: not at all, just enough, or to the middle when it was far away. */
export function scrollTopFor(row: number, rowPx: number, now: { scrollTop: number; height: number }): number {
  const top = row * rowPx;
  const bottom = top + rowPx;
  if (top >= now.scrollTop && bottom <= now.scrollTop + now.height) return now.scrollTop;
  if (top < now.scrollTop && top >= now.scrollTop - rowPx * 2) return top;
  if (bottom > now.scrollTop + now.height && bottom <= now.scrollTop + now.height + rowPx * 2) return bottom - now.height;
  return Math.max(0, top - now.height / 2 + rowPx / 2);
}

export function useFixedWindow(
  scroller: RefObject<HTMLElement | null>,
  options: { count: number; rowPx: number; headPx: number; isPinnedToEnd?: boolean },
): FixedWindow {
  const { count, rowPx, headPx, isPinnedToEnd = false } = options;
  const [place, setPlace] = useState({ scrollTop: 0, height: 0, isLeap: false });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const read = (): void => {
      const { scrollTop, clientHeight } = element;
      const height = Math.max(0, clientHeight - headPx);
      setPlace((before) => ({ scrollTop, height, isLeap: Math.abs(scrollTop - before.scrollTop) > height }));
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    element.addEventListener('scroll', read, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', read);
    };
  }, [scroller, headPx]);
  // All rows are new after a leap: what is in sight comes first, what is around it in the next frame.
  useEffect(() => {
    if (!place.isLeap) return undefined;
    const frame = requestAnimationFrame(() => setPlace((before) => ({ ...before, isLeap: false })));
    return () => cancelAnimationFrame(frame);
  }, [place]);
  // before anything is painted: the rows at the end are drawn in the same turn
  useLayoutEffect(() => {
    const element = scroller.current;
    if (isPinnedToEnd && element !== null) element.scrollTop = count * rowPx;
  }, [scroller, isPinnedToEnd, count, rowPx]);
  const scrollToRow = useCallback(
    (row: number, align: 'auto' | 'end') => {
      const element = scroller.current;
      if (element === null) return;
      const height = element.clientHeight - headPx;
      element.scrollTop = align === 'end' ? (row + 1) * rowPx - height : scrollTopFor(row, rowPx, { scrollTop: element.scrollTop, height });
    },
    [scroller, rowPx, headPx],
  );
  const scrollTop = isPinnedToEnd ? Math.max(0, count * rowPx - place.height) : place.scrollTop;
  const overscan = isPinnedToEnd || place.isLeap ? 0 : OVERSCAN;
  return { ...toWindow({ scrollTop, height: place.height, overscan }, rowPx, count), height: place.height, scrollToRow };
}
