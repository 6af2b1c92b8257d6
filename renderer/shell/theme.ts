/** Puts theme and size on the document, and tells canvases when they change. */
import { useEffect, useSyncExternalStore } from 'react';
import { WIDE_PX } from '../model/breakpoints.ts';
import { useMedia } from '../model/hooks.ts';
import { useUi, type Density } from '../model/ui-store.ts';
import { forgetTextWidths, textWidth } from '../services/text-width.ts';

export function useEffectiveTheme(): 'light' | 'dark' {
  const theme = useUi((state) => state.theme);
  const isSystemDark = useMedia('(prefers-color-scheme: dark)');
  // marks on canvases keep their colours, so they have to fit the ground that the system forces
  const isForced = useMedia('(forced-colors: active)');
  return theme === 'system' || isForced ? (isSystemDark ? 'dark' : 'light') : theme;
}

const ZOOM: Record<Exclude<Density, 'auto'>, number> = { compact: 1, comfortable: 1.12, large: 1.2 };

export function useZoom(): number {
  const density = useUi((state) => state.density);
  const isWide = useMedia(`(min-width: ${WIDE_PX}px)`);
  return density === 'auto' ? (isWide ? ZOOM.large : ZOOM.compact) : ZOOM[density];
}

/** Writes both to the root element before the next paint. */
export function useDocumentTheme(): void {
  const theme = useEffectiveTheme();
  const zoom = useZoom();
  document.documentElement.dataset['theme'] = theme;
  useEffect(() => {
    document.documentElement.style.setProperty('--zoom', String(zoom));
    document.documentElement.style.setProperty('zoom', String(zoom));
    forgetTextWidths();
  }, [zoom]);
}

type Measure = typeof textWidth;
let measure: Measure = textWidth;
const listeners = new Set<() => void>();
void document.fonts.ready.then(measureAgain);
document.fonts.addEventListener('loadingdone', measureAgain);
function measureAgain(): void {
  forgetTextWidths();
  measure = (text, font) => textWidth(text, font);
  for (const listener of listeners) listener();
}

/** Measures label texts; a new function once fonts have arrived, so that what hangs on widths is placed again. */
export function useTextWidth(): Measure {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => measure,
  );
}
