/** Whole events and chunks, fetched when somebody opens one, in small pages around it; the oldest are dropped. */
import { create } from 'zustand';
import type { ChunkRow, EventRow } from '../../proxy-core/protocol/api/control-api.ts';
import { control } from '../services/control-client.ts';

const PAGE = 40;
const MAX_KEPT = 4000;

export interface EventDataState {
  events: ReadonlyMap<string, EventRow>;
  chunks: ReadonlyMap<string, ChunkRow>;
  /** What could not be fetched, by key. */
  errors: ReadonlyMap<string, string>;
  wantEvent(stepId: string, index: number): void;
  wantChunk(stepId: string, index: number): void;
}

export const dataKey = (stepId: string, index: number): string => `${stepId}/${index}`;
const wanted = new Set<string>();

function merge<Row extends { index: number }>(known: ReadonlyMap<string, Row>, stepId: string, rows: readonly Row[]): Map<string, Row> {
  const next = new Map(known.size + rows.length > MAX_KEPT ? [] : known);
  for (const row of rows) next.set(dataKey(stepId, row.index), row);
  return next;
}

export const useEventData = create<EventDataState>()((set, get) => {
  const want = async (kind: 'events' | 'chunks', stepId: string, index: number): Promise<void> => {
    const key = dataKey(stepId, index);
    const token = `${kind}:${key}`;
    if (get()[kind].has(key) || wanted.has(token)) return;
    wanted.add(token);
    const after = Math.max(-1, index - PAGE / 2);
    try {
      if (kind === 'events') {
        const page = await control.events(stepId, after, PAGE);
        set((state) => ({ events: merge(state.events, stepId, page.events) }));
      } else {
        const page = await control.chunks(stepId, after, PAGE);
        set((state) => ({ chunks: merge(state.chunks, stepId, page.chunks) }));
      }
    } catch (error) {
      set((state) => ({ errors: new Map(state.errors).set(token, error instanceof Error ? error.message : String(error)) }));
    } finally {
      wanted.delete(token);
    }
  };
  return {
    events: new Map(),
    chunks: new Map(),
    errors: new Map(),
    wantEvent: (stepId, index) => void want('events', stepId, index),
    wantChunk: (stepId, index) => void want('chunks', stepId, index),
  };
});
