/** The frame: title bar, session list, the view on screen with its header, status bar; drawer when narrow. */
import { Suspense, useEffect, type ReactElement } from 'react';
import { PaneBoundary } from './components/pane-boundary.tsx';
import { Splitter } from './components/splitter.tsx';
import { NARROW_PX, WIDE_PX } from './model/breakpoints.ts';
import { DETAILS_PX, useDetailsWidth } from './model/details-width.ts';
import { useMedia } from './model/hooks.ts';
import { useSelection } from './model/selection.ts';
import { useSession } from './model/session-store.ts';
import { useSessions } from './model/sessions-store.ts';
import { useUi } from './model/ui-store.ts';
import { Dialogs } from './shell/dialogs.tsx';
import { DropZone } from './shell/drop-zone.tsx';
import { SessionHeader } from './shell/session-header.tsx';
import { SessionList } from './shell/session-list.tsx';
import { StatusBar } from './shell/status-bar.tsx';
import { useDocumentTheme, useZoom } from './shell/theme.ts';
import { TitleBar } from './shell/title-bar.tsx';
import { Toasts } from './shell/toasts.tsx';
import { TroubleBar } from './shell/trouble-bar.tsx';
import { useKeys } from './shell/use-keys.ts';
import { VIEWS } from './views/index.ts';
import { PAGES } from './views/pages.ts';
import { timelineView } from './views/timeline/index.ts';

const SIDE = { min: 180, max: 360, usual: 236 };

export function App(): ReactElement {
  useDocumentTheme();
  useKeys();
  // by the room there is in the page's own pixels
  const isNarrow = useMedia(`(max-width: ${Math.round(NARROW_PX * useZoom()) - 1}px)`);
  const isWide = useMedia(`(min-width: ${WIDE_PX}px)`);
  const sideWidth = useUi((state) => state.sideWidth);
  const isDrawerOpen = useUi((state) => state.isDrawerOpen);
  const setUi = useUi((state) => state.set);
  return (
    <div className="app">
      <TitleBar isNarrow={isNarrow} />
      <TroubleBar />
      <div className="main">
        {!isNarrow && (
          <>
            <div className="side-dock" style={{ width: sideWidth }}>
              <PaneBoundary name="list of sessions" resetKey="">
                <SessionList />
              </PaneBoundary>
            </div>
            <Splitter
              label="Width of the session list"
              orientation="vertical"
              value={sideWidth}
              min={SIDE.min}
              max={SIDE.max}
              direction={1}
              onChange={(value) => setUi({ sideWidth: value })}
              onReset={() => setUi({ sideWidth: SIDE.usual })}
            />
          </>
        )}
        <Work isNarrow={isNarrow} isWide={isWide} />
      </div>
      <StatusBar />
      {isNarrow && isDrawerOpen && (
        <div className="drawer" onClick={(event) => event.target === event.currentTarget && setUi({ isDrawerOpen: false })}>
          <SessionList />
        </div>
      )}
      <DropZone />
      <Dialogs />
      <Toasts />
    </div>
  );
}

function Work(props: { isNarrow: boolean; isWide: boolean }): ReactElement {
  const sessionId = useSelection((state) => state.sessionId);
  const wanted = useSelection((state) => state.view);
  const hasSessions = useSessions((state) => state.sessions.length > 0);
  const isLoaded = useSessions((state) => state.isLoaded);
  const session = useSession((state) => state.session);
  const error = useSession((state) => state.error);
  const detailsWidth = useDetailsWidth();
  const setUi = useUi((state) => state.set);
  const open = useSession((state) => state.open);
  useEffect(() => void open(sessionId), [open, sessionId]);
  if (sessionId === null) {
    const Page = PAGES[wanted ?? ''] ?? (isLoaded && !hasSessions ? PAGES['connect'] : undefined);
    const empty = <div className="work" />;
    return Page === undefined ? (
      empty
    ) : (
      <Suspense fallback={empty}>
        <Page />
      </Suspense>
    );
  }
  if (error !== null && session === null) {
    return (
      <main className="work">
        <div className="pane-message" role="alert">
          <strong className="strong">This session can't be shown.</strong>
          <span>{error}</span>
          <button type="button" className="btn" onClick={() => void useSession.getState().refresh()}>
            Try again
          </button>
        </div>
      </main>
    );
  }
  const view = VIEWS.find((candidate) => candidate.id === wanted) ?? timelineView;
  const { component: ViewComponent, aside: Aside } = view;
  return (
    <>
      <main className="work">
        <SessionHeader isNarrow={props.isNarrow} view={view.id} />
        {session !== null && (
          <div className="view-host" id="view" role="tabpanel" aria-label={view.title}>
            <PaneBoundary name={`${view.title} view`} resetKey={`${sessionId}/${view.id}`}>
              <ViewComponent isNarrow={props.isNarrow} isWide={props.isWide} />
            </PaneBoundary>
          </div>
        )}
      </main>
      {props.isWide && Aside !== null && session !== null && (
        <>
          <Splitter
            label="Width of the details"
            orientation="vertical"
            value={detailsWidth}
            min={DETAILS_PX.min}
            max={DETAILS_PX.max}
            direction={-1}
            onChange={(value) => setUi({ detailsWidth: value })}
            onReset={() => setUi({ detailsWidth: null })}
          />
          <div className="details-dock" style={{ width: detailsWidth }}>
            <PaneBoundary name="details" resetKey={sessionId}>
              <Aside />
            </PaneBoundary>
          </div>
        </>
      )}
    </>
  );
}
