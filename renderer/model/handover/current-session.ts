/** The session that a dialog is about: the one on screen, listed or not. */
import type { Session } from '../../../proxy-core/protocol/api/control-api.ts';
import { useSelection } from '../selection.ts';
import { useSession } from '../session-store.ts';
import { useSessions } from '../sessions-store.ts';

export function useCurrentSession(): Session | null {
  const sessionId = useSelection((state) => state.sessionId);
  const listed = useSessions((state) => state.sessions.find((session) => session.id === sessionId));
  const shown = useSession((state) => state.session);
  return listed ?? (shown?.id === sessionId ? shown : null);
}
