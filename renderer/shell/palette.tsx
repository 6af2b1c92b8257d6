/** Ctrl K: commands, sessions (searched by the bridge: text, ids, models, status), ids of this session, rules. */
import { Command } from 'cmdk';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { Session } from '../../proxy-core/protocol/api/control-api.ts';
import { IdChip } from '../components/id-chip.tsx';
import { SignIcon, toSign } from '../components/glyph.tsx';
import { formatClock } from '../components/format.ts';
import { COMMANDS } from '../model/commands.ts';
import { useSelection } from '../model/selection.ts';
import { tracksInOrder, useSession } from '../model/session-store.ts';
import { useSessions } from '../model/sessions-store.ts';
import { useUi } from '../model/ui-store.ts';
import { control } from '../services/control-client.ts';
import { KEYS } from './key-table.ts';
import { Modal } from './modal.tsx';

const MAX_FOUND = 8;

export function Palette(): ReactElement {
  const [query, setQuery] = useState('');
  const [picked, setPicked] = useState<string | null>(null);
  const isByHand = useRef(false);
  const sessions = useFoundSessions(query);
  const setUi = useUi((state) => state.set);
  const ids = useFoundIds(query);
  const select = useSelection((state) => state.select);
  const run = (action: () => void): void => {
    setUi({ dialog: null });
    // after the dialog has given the focus back
    setTimeout(action);
  };
  const needle = query.trim().toLowerCase();
  const commands = COMMANDS.filter((command) => command.id !== 'palette' && command.title.toLowerCase().includes(needle));
  // what was typed decides; a pick by arrow keys holds until the next letter
  const first =
    ids[0] !== undefined
      ? `id-${ids[0].id}`
      : sessions[0] !== undefined
        ? `session-${sessions[0].id}`
        : commands[0] !== undefined
          ? `command-${commands[0].id}`
          : '';
  return (
    <Modal title="Search and commands" className="palette" hasHeader={false}>
      <Command
        label="Search and commands"
        shouldFilter={false}
        loop
        value={picked ?? first}
        onValueChange={(value) => {
          // cmdk also reports picks of its own, made before the new rows were there
          if (isByHand.current) setPicked(value);
        }}
        onKeyDownCapture={(event) => {
          isByHand.current = event.key.startsWith('Arrow');
        }}
        onPointerMove={() => {
          isByHand.current = true;
        }}
      >
        <Command.Input
          value={query}
          onValueChange={(text) => {
            setQuery(text);
            setPicked(null);
          }}
          placeholder="Search sessions, ids, text, or type a command"
          autoFocus
        />
        <Command.List>
          <Command.Empty>Nothing found.</Command.Empty>
          {ids.length > 0 && (
            <Command.Group heading="Ids of this session">
              {ids.map(({ id, step, event }) => (
                <Command.Item key={id} value={`id-${id}`} onSelect={() => run(() => select({ step, event }))}>
                  <IdChip id={id} isFull />
                </Command.Item>
              ))}
            </Command.Group>
          )}
          {sessions.length > 0 && (
            <Command.Group heading="Sessions">
              {sessions.map((session) => (
                <Command.Item
                  key={session.id}
                  value={`session-${session.id}`}
                  onSelect={() => run(() => select({ sessionId: session.id }))}
                >
                  <SignIcon sign={toSign(session.status, session.findingCounts)} />
                  <span className="trunc grow">{session.title}</span>
                  <span className="mute">{formatClock(session.startedAt)}</span>
                </Command.Item>
              ))}
            </Command.Group>
          )}
          {commands.length > 0 && (
            <Command.Group heading="Commands">
              {commands.map((command) => (
                <Command.Item key={command.id} value={`command-${command.id}`} onSelect={() => run(() => command.run())}>
                  <span className="grow">{command.title}</span>
                  <ShownKey command={command.id} />
                </Command.Item>
              ))}
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </Modal>
  );
}

function ShownKey(props: { command: string }): ReactElement | null {
  const entry = KEYS.find((candidate) => candidate.command === props.command);
  return entry === undefined ? null : <kbd className="kbd">{entry.shown}</kbd>;
}

/** The list's own sessions at once; the bridge's search a moment later. */
function useFoundSessions(query: string): Session[] {
  const listed = useSessions((state) => state.sessions);
  const [found, setFound] = useState<Session[] | null>(null);
  useEffect(() => {
    setFound(null);
    if (query.trim() === '') return undefined;
    let isCurrent = true;
    const timer = setTimeout(() => {
      control
        .sessions(query.trim(), MAX_FOUND, null)
        .then((page) => isCurrent && setFound(page.sessions))
        .catch(() => undefined); // the list's own titles still match
    }, 120);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [query]);
  const needle = query.trim().toLowerCase();
  return (found ?? listed.filter((session) => session.title.toLowerCase().includes(needle))).slice(0, MAX_FOUND);
}

function useFoundIds(query: string): { id: string; step: number; event: number }[] {
  const session = useSession((state) => state.session);
  const tracks = useSession((state) => state.tracks);
  const needle = query.trim().toLowerCase();
  if (needle.length < 3) return [];
  const found = new Map<string, { id: string; step: number; event: number }>();
  tracksInOrder({ session, tracks }).forEach((track, step) => {
    for (const use of track.uses.values()) {
      if (found.size >= MAX_FOUND) return;
      if (use.firstEvent !== Infinity && !found.has(use.id) && use.id.toLowerCase().includes(needle))
        found.set(use.id, { id: use.id, step, event: use.firstEvent });
    }
  });
  return [...found.values()];
}
