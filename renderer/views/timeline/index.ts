/** The timeline with its event table: the view a session opens in. */
import type { View } from '../view.ts';
import { DetailsPane } from './details/details-pane.tsx';
import { TimelineView } from './timeline-view.tsx';

export const timelineView: View = {
  id: 'timeline',
  title: 'Timeline',
  canShow: () => true,
  component: TimelineView,
  aside: DetailsPane,
};
