/** What the client should have got, next to what it asked for. */
import type { View } from '../view.ts';
import { ResultView } from './result-view.tsx';

export const resultView: View = { id: 'result', title: 'Result', canShow: () => true, component: ResultView, aside: null };
