/** Pin, rename and delete: asked of the bridge, shown at once, taken back when it says no. */
import type { Session } from '../../proxy-core/protocol/api/control-api.ts';
import { useSelection } from './selection.ts';
import { useSessions } from './sessions-store.ts';
import { useUi } from './ui-store.ts';
import { control } from '../services/control-client.ts';

async function change(session: Session, next: { title?: string; pinned?: boolean }): Promise<void> {
  const { upsert } = useSessions.getState();
  upsert({ ...session, ...next });
  try {
    await control.changeSession(session.id, next);
  } catch (error) {
    upsert(session);
    useUi.getState().toast(`The session could not be changed. ${error instanceof Error ? error.message : ''}`, 'error');
  }
}

export async function togglePin(session: Session): Promise<void> {
  await change(session, { pinned: !session.pinned });
}

export async function renameSession(session: Session, title: string): Promise<void> {
  await change(session, { title });
}

export async function deleteSession(sessionId: string): Promise<void> {
  try {
    await control.deleteSession(sessionId);
    dropSessions([sessionId]);
  } catch (error) {
    useUi.getState().toast(`The session could not be deleted. ${error instanceof Error ? error.message : ''}`, 'error');
  }
}

/** Takes sessions that are gone off the list; a reader of one of them gets its neighbour. */
export function dropSessions(sessionIds: readonly string[]): void {
  for (const sessionId of sessionIds) {
    const { sessions, remove } = useSessions.getState();
    const at = sessions.findIndex((session) => session.id === sessionId);
    remove(sessionId);
    const next = sessions[at + 1] ?? sessions[at - 1];
    const { sessionId: shown, select } = useSelection.getState();
    if (shown === sessionId) select({ sessionId: next?.id ?? null });
  }
}
