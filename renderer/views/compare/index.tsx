/** Two steps side by side, by what their events are for; loaded when it is wanted. */
import { lazy, Suspense, type ReactElement } from 'react';
import type { View } from '../view.ts';

const CompareView = lazy(async () => ({ default: (await import('./compare-view.tsx')).CompareView }));

function Compare(): ReactElement {
  return (
    <Suspense>
      <CompareView />
    </Suspense>
  );
}

export const compareView: View = { id: 'compare', title: 'Compare', canShow: () => true, component: Compare, aside: null };
