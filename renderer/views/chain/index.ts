/** How the steps continue one another. */
import type { View } from '../view.ts';
import { ChainView } from './chain-view.tsx';

export const chainView: View = { id: 'chain', title: 'Chain', canShow: () => true, component: ChainView, aside: null };
