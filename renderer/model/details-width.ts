/** Width of the details: what was dragged, else a share of the window between its usual sizes. */
import { useMedia } from './hooks.ts';
import { useUi } from './ui-store.ts';

export const DETAILS_PX = { min: 320, max: 640 } as const;

export function useDetailsWidth(): number {
  const kept = useUi((state) => state.detailsWidth);
  const isTight = useMedia('(min-width: 1200px) and (max-width: 1339px)');
  const isMiddle = useMedia('(min-width: 1340px) and (max-width: 1419px)');
  return kept ?? (isTight ? 372 : isMiddle ? 410 : 440);
}
