/** The views, in the order of their tabs. To add one: a folder, and a line here. */
import { timelineView } from './timeline/index.ts';
import type { View } from './view.ts';

export const VIEWS: readonly View[] = [timelineView];
