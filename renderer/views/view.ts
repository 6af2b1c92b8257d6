/** What a view is: a title in the session header, and what it shows for the session on screen. */
import type { ComponentType } from 'react';
import type { SessionWithSteps } from '../../proxy-core/protocol/api/control-api.ts';

export interface ViewProps {
  isNarrow: boolean;
  /** The aside is docked by the shell, full height. */
  isWide: boolean;
}
export interface View {
  id: string;
  title: string;
  canShow(session: SessionWithSteps): boolean;
  component: ComponentType<ViewProps>;
  /** Stands at the right; in wide windows over the full height. */
  aside: ComponentType | null;
}
