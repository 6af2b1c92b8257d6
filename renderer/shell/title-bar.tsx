/** Name, search, address and whether the bridge records, theme and settings. */
import { Menu, Monitor, Moon, Plug, Search, Settings, Stethoscope, Sun } from 'lucide-react';
import type { ReactElement } from 'react';
import { CopyButton } from '../components/copy-button.tsx';
import { Logo } from '../components/glyph.tsx';
import { useSelection } from '../model/selection.ts';
import { useSessions } from '../model/sessions-store.ts';
import { useUi, type Theme } from '../model/ui-store.ts';

const NEXT_THEME: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_ICON = { system: Monitor, light: Sun, dark: Moon };

export function TitleBar(props: { isNarrow: boolean }): ReactElement {
  const theme = useUi((state) => state.theme);
  const setUi = useUi((state) => state.set);
  const select = useSelection((state) => state.select);
  const hasSession = useSelection((state) => state.sessionId !== null);
  const ThemeIcon = THEME_ICON[theme];
  return (
    <header className="title-bar">
      {props.isNarrow && !hasSession && (
        <button
          type="button"
          className="icon-button"
          aria-label="Show sessions"
          title="Sessions"
          onClick={() => setUi({ isDrawerOpen: true })}
        >
          <Menu className="icon" aria-hidden="true" />
        </button>
      )}
      <button type="button" className="logo" onClick={() => select({ sessionId: null, view: 'connect' })} title="Deltascope: connect page">
        <Logo />
        <span>Deltascope</span>
      </button>
      <span className="grow" />
      {props.isNarrow ? (
        <button
          type="button"
          className="icon-button"
          aria-label="Search and commands"
          title="Search and commands (Ctrl K)"
          onClick={() => setUi({ dialog: 'palette' })}
        >
          <Search className="icon" aria-hidden="true" />
        </button>
      ) : (
        <button type="button" className="title-search" onClick={() => setUi({ dialog: 'palette' })}>
          <Search className="icon" aria-hidden="true" />
          <span className="grow">Search sessions, ids, text</span>
          <kbd className="kbd">Ctrl K</kbd>
        </button>
      )}
      <span className="grow" />
      <Address />
      <button type="button" className="btn ghost" onClick={() => select({ sessionId: null, view: 'connect' })}>
        <Plug className="icon" aria-hidden="true" />
        Connect
      </button>
      <button type="button" className="btn ghost" onClick={() => select({ sessionId: null, view: 'probe' })}>
        <Stethoscope className="icon" aria-hidden="true" />
        Probe
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={`Theme: ${theme}. Change`}
        title={`Theme: ${theme}`}
        onClick={() => setUi({ theme: NEXT_THEME[theme] })}
      >
        <ThemeIcon className="icon" aria-hidden="true" />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label="Settings"
        title="Settings (Ctrl 9)"
        onClick={() => setUi({ dialog: 'settings' })}
      >
        <Settings className="icon" aria-hidden="true" />
      </button>
    </header>
  );
}

function Address(): ReactElement {
  const info = useSessions((state) => state.info);
  const isConnected = useSessions((state) => state.isConnected);
  const hasSessions = useSessions((state) => state.sessions.length > 0);
  const apiBase = info?.apiBase ?? `${location.origin}/v1`;
  const trouble = !isConnected ? 'Bridge not reachable' : info?.recorderTrouble === null || info === null ? null : 'Not recording';
  return (
    <div className="address" title={trouble === null ? undefined : (info?.recorderTrouble ?? 'The page tries to reach the bridge again.')}>
      <span className={`state-dot${trouble === null ? ' good' : ''}`} />
      <span className={trouble === null ? '' : 'err'}>{trouble ?? (hasSessions ? 'Recording' : 'Waiting')}</span>
      <span className="mono">{apiBase.replace(/^https?:\/\//, '')}</span>
      <CopyButton text={apiBase} label="Copy the address" />
    </div>
  );
}
