/** The views, in the order of their tabs. To add one: a folder, and a line here. */
import { chainView } from './chain/index.ts';
import { compareView } from './compare/index.tsx';
import { idMapView } from './id-map/index.ts';
import { resultView } from './result/index.ts';
import { timelineView } from './timeline/index.ts';
import type { View } from './view.ts';

export const VIEWS: readonly View[] = [timelineView, idMapView, chainView, resultView, compareView];
