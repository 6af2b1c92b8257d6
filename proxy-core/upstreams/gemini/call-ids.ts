/**
 * The ids under which calls and their responses go to Gemini. Gemini takes any plain id, but pairs a call with
 * its response by it, so both get the same one: its own where the store knows it, else the client's.
 */
import type { ConversationItem } from '../upstream.ts';
import { callIdOf } from '../shared/conversation.ts';
import { callReplayOf } from './replay.ts';

export interface CallIds {
  idOf(call: ConversationItem): string;
  /** Changed id -> the client's. */
  readonly changed: Record<string, string>;
}

export function createCallIds(model: string): CallIds {
  const known = new Map<string, string>();
  const taken = new Set<string>();
  const changed: Record<string, string> = {};

  function idOf(call: ConversationItem): string {
    const callId = callIdOf(call);
    const before = known.get(callId);
    if (before !== undefined) return before;
    // LiteLLM's ids end in `__thought__<base64>`: illegal characters, and a signature that is none of the id.
    const base =
      callReplayOf(call, model).id ??
      callId
        .replace(/__thought__.*$/s, '')
        .replace(/[^a-zA-Z0-9_-]/g, '_')
        .slice(0, 120);
    let id = base === '' ? 'call' : base;
    for (let n = 2; taken.has(id); n++) id = `${base}_${n}`;
    known.set(callId, id);
    taken.add(id);
    if (id !== callId) changed[id] = callId;
    return id;
  }

  return { idOf, changed };
}
