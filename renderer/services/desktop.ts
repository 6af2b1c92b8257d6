/** The desktop app around the page, when there is one: what its preload has put on the window. */
import type { DesktopApi } from '../../proxy-core/protocol/api/desktop-api.ts';

declare global {
  interface Window {
    deltascopeDesktop?: DesktopApi;
  }
}

export const desktop: DesktopApi | undefined = typeof window === 'undefined' ? undefined : window.deltascopeDesktop;
