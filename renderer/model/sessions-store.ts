/**
 * The list of sessions and what the bridge says of itself. Live messages upsert; the query goes to the
 * bridge, which searches text, ids, models and status.
 */
import { create } from 'zustand';
import type { BridgeInfo, Session } from '../../proxy-core/protocol/api/control-api.ts';
import { control } from '../services/control-client.ts';

const PAGE_SIZE = 200;

export interface SessionsState {
  sessions: Session[];
  nextCursor: string | null;
  query: string;
  isLoaded: boolean;
  error: string | null;
  info: BridgeInfo | null;
  isConnected: boolean;
  /** False once the bridge said that it can't run a demo. */
  canRunDemo: boolean;
  load(): Promise<void>;
  loadMore(): Promise<void>;
  loadInfo(): Promise<void>;
  /** Why nothing is recorded just now; null when all is well. */
  setTrouble(trouble: string | null): void;
  search(query: string): void;
  upsert(session: Session): void;
  remove(sessionId: string): void;
}

let searchTimer: ReturnType<typeof setTimeout> | undefined;
let lastLoad = 0;

export const useSessions = create<SessionsState>()((set, get) => ({
  sessions: [],
  nextCursor: null,
  query: '',
  isLoaded: false,
  error: null,
  info: null,
  isConnected: false,
  canRunDemo: true,
  async load() {
    lastLoad += 1;
    const mine = lastLoad;
    try {
      const page = await control.sessions(get().query, PAGE_SIZE, null);
      if (mine === lastLoad) set({ sessions: page.sessions, nextCursor: page.nextCursor, isLoaded: true, error: null });
    } catch (error) {
      if (mine === lastLoad) set({ isLoaded: true, error: error instanceof Error ? error.message : String(error) });
    }
  },
  async loadMore() {
    const cursor = get().nextCursor;
    if (cursor === null) return;
    set({ nextCursor: null });
    try {
      const page = await control.sessions(get().query, PAGE_SIZE, cursor);
      set((state) => ({ sessions: [...state.sessions, ...page.sessions], nextCursor: page.nextCursor }));
    } catch (error) {
      set({ nextCursor: cursor, error: error instanceof Error ? error.message : String(error) });
    }
  },
  async loadInfo() {
    try {
      set({ info: await control.info() });
    } catch (error) {
      set({ error: error instanceof Error ? error.message : String(error) });
    }
  },
  setTrouble(trouble) {
    set(({ info }) => ({ info: info && { ...info, recorderTrouble: trouble } }));
  },
  search(query) {
    set({ query });
    clearTimeout(searchTimer);
    searchTimer = setTimeout(() => void get().load(), 150);
  },
  upsert(session) {
    set((state) => {
      const at = state.sessions.findIndex((known) => known.id === session.id);
      if (at < 0) return state.query === '' ? { sessions: [session, ...state.sessions] } : state;
      const sessions = [...state.sessions];
      sessions[at] = session;
      return { sessions };
    });
  },
  remove(sessionId) {
    set((state) => ({ sessions: state.sessions.filter((session) => session.id !== sessionId) }));
  },
}));
