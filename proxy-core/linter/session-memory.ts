/**
 * What the live linter remembers of each session: ids it saw handed out, and which calls a response
 * left open. Bounded; a session that was not seen from its first step is marked as incomplete, and
 * rules that would need the rest stay silent.
 */
import { asArray, asString, isObject, type JsonObject } from '../protocol/json.ts';
import { createLeanMap } from '../protocol/lean-map.ts';
import type { SessionFacts } from '../protocol/lint/lint-event.ts';

const MAX_SESSIONS = 200;
const MAX_IDS = 20_000;

interface Memory {
  isComplete: boolean;
  /** Item id to the response that handed it out. */
  items: Map<string, string>;
  /** Everything that was given to the client or brought along by it. */
  known: Set<string>;
  callOfItem: Map<string, string>;
  /** Response id to the calls that can be answered through it. */
  chains: Map<string, { callIds: Set<string>; answered: Set<string> }>;
}

/** Answers from the bridge's own store; undefined when it can't tell. */
export interface StoreFacts {
  isResponseStored?(responseId: string): boolean | undefined;
  isItemStored?(itemId: string): boolean | undefined;
  callIdOfItem?(itemId: string): string | undefined;
}

export interface SessionMemory {
  /** Facts for a step that begins; remembers what its request brings along. */
  begin(sessionId: string, stepIndex: number, request: JsonObject | undefined): SessionFacts;
  /** Remembers what a step handed out. `output`: its final items. */
  finish(sessionId: string, request: JsonObject | undefined, responseIds: readonly string[], output: readonly JsonObject[]): void;
}

export function createSessionMemory(store: StoreFacts = {}): SessionMemory {
  const sessions = createLeanMap<string, Memory>();

  function memoryOf(sessionId: string, isFirst: boolean): Memory {
    const known = sessions.get(sessionId);
    const memory = known ?? { isComplete: isFirst, items: new Map(), known: new Set(), callOfItem: new Map(), chains: new Map() };
    // Moved to the end: the session longest unused goes first.
    sessions.delete(sessionId);
    sessions.set(sessionId, memory);
    if (sessions.size > MAX_SESSIONS) sessions.delete(sessions.keys().next().value as string);
    return memory;
  }

  return {
    begin(sessionId, stepIndex, request) {
      const memory = memoryOf(sessionId, stepIndex === 0);
      const before = new Set(stepIndex === 0 ? idsOf(request) : []);
      const facts: SessionFacts = {
        ...store,
        responseOfItem: (id) => memory.items.get(id),
        isKnownId: (id) => before.has(id) || memory.known.has(id),
        isComplete: memory.isComplete && stepIndex > 0,
        callsOfChain: (id) => memory.chains.get(id),
        callIdOfItem: (id) => memory.callOfItem.get(id) ?? store.callIdOfItem?.(id),
      };
      if (stepIndex === 0) for (const id of before) remember(memory, id);
      return facts;
    },
    finish(sessionId, request, responseIds, output) {
      const memory = memoryOf(sessionId, false);
      const previous = asString(request?.['previous_response_id']);
      const chain = previous === undefined ? undefined : memory.chains.get(previous);
      const callIds = new Set(chain?.callIds);
      const answered = new Set(chain?.answered);
      for (const item of inputOf(request)) {
        const callId = asString(item['call_id']);
        if (callId === undefined) continue;
        callIds.add(callId);
        if (String(item['type']).endsWith('_output')) answered.add(callId);
      }
      for (const item of output) {
        const id = asString(item['id']);
        const callId = asString(item['call_id']);
        if (id !== undefined) {
          remember(memory, id);
          if (memory.items.size < MAX_IDS) memory.items.set(id, responseIds[0] ?? '');
        }
        if (callId === undefined || callId === '') continue;
        remember(memory, callId);
        callIds.add(callId);
        if (id !== undefined) memory.callOfItem.set(id, callId);
      }
      // Without the whole chain nobody can say which calls it holds.
      if (previous !== undefined && !chain) return;
      for (const id of responseIds) memory.chains.set(id, { callIds, answered });
    },
  };
}

function remember(memory: Memory, id: string): void {
  if (memory.known.size < MAX_IDS) memory.known.add(id);
  else memory.isComplete = false;
}

function inputOf(request: JsonObject | undefined): JsonObject[] {
  return asArray(request?.['input']).filter(isObject);
}

function idsOf(request: JsonObject | undefined): string[] {
  return inputOf(request).flatMap((item) => [asString(item['id']), asString(item['call_id'])].filter((id) => id !== undefined));
}
