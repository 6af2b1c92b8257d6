/** The left pane: search, sessions by day, and the way in for files. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { FileUp, ListFilter, Pin } from 'lucide-react';
import { useMemo, useRef, type KeyboardEvent, type ReactElement } from 'react';
import type { Session } from '../../proxy-core/protocol/api/control-api.ts';
import { formatClock, formatCost, formatDay, plural } from '../components/format.ts';
import { SignIcon, toSign } from '../components/glyph.tsx';
import { clientName } from '../model/route.ts';
import { useSelection } from '../model/selection.ts';
import { useSessions } from '../model/sessions-store.ts';
import { useUi } from '../model/ui-store.ts';
import { openFiles } from './open-files.ts';

type Row = { kind: 'group'; title: string } | { kind: 'session'; session: Session };

const GROUP_PX = 30;
const ROW_PX = 46;

function toRows(sessions: readonly Session[], nowMs: number): Row[] {
  const rows: Row[] = [];
  const groups = new Map<string, Session[]>();
  for (const session of sessions) {
    const title = session.pinned ? 'Pinned' : formatDay(session.startedAt, nowMs);
    groups.set(title, [...(groups.get(title) ?? []), session]);
  }
  const titles = [...groups.keys()].sort((a, b) => Number(b === 'Pinned') - Number(a === 'Pinned'));
  for (const title of titles) {
    rows.push({ kind: 'group', title });
    for (const session of groups.get(title) ?? []) rows.push({ kind: 'session', session });
  }
  return rows;
}

export function SessionList(): ReactElement {
  const sessions = useSessions((state) => state.sessions);
  const query = useSessions((state) => state.query);
  const isLoaded = useSessions((state) => state.isLoaded);
  const error = useSessions((state) => state.error);
  const search = useSessions((state) => state.search);
  const selected = useSelection((state) => state.sessionId);
  const select = useSelection((state) => state.select);
  const setUi = useUi((state) => state.set);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => toRows(sessions, Date.now()), [sessions]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (rows[i]?.kind === 'group' ? GROUP_PX : ROW_PX),
    getItemKey: (i) => {
      const row = rows[i];
      return row?.kind === 'session' ? row.session.id : `group-${row?.title ?? i}`;
    },
    overscan: 8,
  });
  const open = (sessionId: string): void => {
    select({ sessionId });
    setUi({ isDrawerOpen: false });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const list = rows.flatMap((row) => (row.kind === 'session' ? row.session.id : []));
    const at = list.indexOf(selected ?? '');
    const next = list[Math.min(list.length - 1, Math.max(0, at + by))];
    if (next === undefined) return;
    select({ sessionId: next });
    virtualizer.scrollToIndex(rows.findIndex((row) => row.kind === 'session' && row.session.id === next));
  };
  return (
    <nav className="side" aria-label="Sessions" data-pane="sessions">
      <div className="side-search">
        <label className="side-input">
          <ListFilter className="icon" aria-hidden="true" />
          <input
            value={query}
            placeholder="Filter sessions"
            aria-label="Filter sessions"
            onChange={(event) => search(event.target.value)}
          />
        </label>
      </div>
      <div
        className="side-list"
        ref={scroller}
        tabIndex={0}
        data-pane-focus=""
        onKeyDown={onKeyDown}
        // a list box without options is none
        {...(rows.length === 0
          ? {}
          : {
              role: 'listbox',
              'aria-label': 'Recorded sessions',
              'aria-activedescendant': selected === null ? undefined : `session-${selected}`,
            })}
      >
        {error !== null && <p className="side-empty err">{error}</p>}
        {error === null && isLoaded && rows.length === 0 && (
          <div className="side-empty">
            <strong className="strong">{query === '' ? 'No sessions yet' : 'No session matches'}</strong>
            <p className="dim">
              {query === '' ? 'They appear here with the first request.' : 'Search looks in text, ids, models and status.'}
            </p>
          </div>
        )}
        <div style={{ height: virtualizer.getTotalSize(), position: 'relative' }} role="presentation">
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const style = { position: 'absolute' as const, top: item.start, left: 0, right: 0, height: item.size };
            if (row.kind === 'group') {
              return (
                <div key={item.key} className="side-group" style={style} role="presentation">
                  {row.title}
                </div>
              );
            }
            return <SessionRow key={item.key} session={row.session} isSelected={row.session.id === selected} style={style} onOpen={open} />;
          })}
        </div>
      </div>
      <button type="button" className="side-foot" onClick={() => openFiles()}>
        <FileUp className="icon" aria-hidden="true" />
        Open .sse, HAR or bundle
      </button>
    </nav>
  );
}

function SessionRow(props: {
  session: Session;
  isSelected: boolean;
  style: React.CSSProperties;
  onOpen: (id: string) => void;
}): ReactElement {
  const { session } = props;
  const sign = toSign(session.status, session.findingCounts);
  const route = [...session.upstreams].slice(0, 2).join(' → ') || session.models[0] || '';
  return (
    <div
      id={`session-${session.id}`}
      role="option"
      aria-selected={props.isSelected}
      className={`session-row${props.isSelected ? ' selected' : ''}`}
      style={props.style}
      title={[
        clientName(session),
        ...session.models,
        session.usage === null ? '' : plural(session.usage.totalTokens, 'token'),
        session.costUsd === null ? '' : formatCost(session.costUsd),
      ]
        .filter(Boolean)
        .join(' · ')}
      onClick={() => props.onOpen(session.id)}
    >
      <SignIcon sign={sign} label={sign === 'live' ? 'streaming' : sign} />
      <span className="session-title trunc" title={session.title}>
        {session.title === '' ? 'Untitled' : session.title}
      </span>
      {session.pinned ? <Pin className="icon mute" aria-label="pinned" /> : <span />}
      <span className="session-sub">
        <span>{formatClock(session.startedAt)}</span>
        <span className="trunc grow">{route}</span>
        <SessionNote session={session} />
      </span>
    </div>
  );
}

function SessionNote(props: { session: Session }): ReactElement {
  const { session } = props;
  if (session.status === 'streaming') return <span className="ok">streaming</span>;
  if (session.findingCounts.error > 0) return <span className="err">{plural(session.faultCount, 'fault')}</span>;
  if (session.status === 'failed' || session.status === 'interrupted') return <span className="err">{session.status}</span>;
  if (session.status === 'cancelled') return <span>client left</span>;
  if (session.findingCounts.warning > 0) return <span className="warn">{plural(session.findingCounts.warning, 'warning')}</span>;
  return <span>{plural(session.stepCount, 'step')}</span>;
}
