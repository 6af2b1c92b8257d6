/** The pages that are about no session. To add one: a folder, a line here, and its id in model/deep-link.ts. */
import { lazy, type ComponentType } from 'react';
import { ConnectView } from './connect/connect-view.tsx';

export const PAGES: Readonly<Record<string, ComponentType>> = {
  connect: ConnectView,
  probe: lazy(async () => ({ default: (await import('./probe/probe-view.tsx')).ProbeView })),
};
