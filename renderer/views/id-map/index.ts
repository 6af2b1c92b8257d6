/** Every id of the session against every place where it occurs. */
import type { View } from '../view.ts';
import { IdMapView } from './id-map-view.tsx';
import { VerdictsPane } from './verdicts-pane.tsx';

export const idMapView: View = {
  id: 'id-map',
  title: 'Id map',
  canShow: () => true,
  component: IdMapView,
  aside: VerdictsPane,
};
