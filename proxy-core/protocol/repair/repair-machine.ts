/**
 * The streaming repair of a Responses stream: one event in, its repaired events out at once. What is
 * right goes out as the very object that came in, so that a clean stream is passed on unchanged. The
 * caller turns bytes into events and back (../../repair/repair-stream.ts). Pure.
 *
 * created ─▶ items (opened, filled, closed) ─▶ terminal; a missing link is added where it is missed.
 */
import { findEventSpec, type EventSpec } from '../lint/model/event-catalog.ts';
import { asNumber, asString, asObject, type JsonObject } from '../json.ts';
import type { RecordedEvent } from '../client-models/recorded-event.ts';
import { closeItem } from './close-item.ts';
import { repairContent } from './repair-content.ts';
import { repairItemAdded, repairItemDone } from './repair-item.ts';
import { isSameItem, normalizeItem, outputOf, repairResponse, repairUsage, withoutResults } from './repair-response.ts';
import { createItemSlot, createRepairState, noteChange, noteUnrepairable, type Change, type ItemSlot } from './repair-state.ts';
import { withFields } from './slot-events.ts';

export interface RepairMachine {
  /** `[]` when the event is left out. An event that is right comes back as the same object. */
  push(event: RecordedEvent): JsonObject[];
  /** What the stream still needs; to be called once, also when nothing is missing. */
  end(): JsonObject[];
  readonly hasEnded: boolean;
  readonly changes: readonly Change[];
  /** What could not be mended, each a reason without a full stop. */
  readonly unrepairable: readonly string[];
}

/** Every item is compared with all others. No answer has so many that this takes long; a stream that has is passed on as it is. */
const MAX_ITEMS = 1_000;

export interface RepairOptions {
  /** Seconds since the epoch, for a response that does not say when it was created. */
  createdAt: number;
}

export function createRepairMachine({ createdAt }: RepairOptions): RepairMachine {
  const state = createRepairState();
  let hasEnded = false;
  let isGivenUp = false;

  function push(event: RecordedEvent): JsonObject[] {
    state.eventIndex += 1;
    const json = readEvent(event);
    if (!json) return [];
    const type = json['type'] as string;
    const spec = findEventSpec(type);
    if (!spec) {
      noteChange(state, 'known-event', `${type === '' ? 'An event without a type' : `The unknown event ${type}`} was left out.`);
      return [];
    }
    if (state.eventIndex === 0) state.isResumed = type !== 'response.created' && (asNumber(json['sequence_number']) ?? 0) > 0;
    if (state.isTerminated) return dropAfterEnd(type, spec);
    if (hasTooMany(json)) return passOn(json, type, spec);
    const hasNumber = asNumber(json['sequence_number']) !== undefined;
    const made = [...openStream(json, type), ...repair(json, type, spec)];
    if (spec.role === 'terminal') state.isTerminated = true;
    state.lastType = type;
    return made.map((one) => number(one, one === json || one['sequence_number'] !== undefined, hasNumber));
  }

  function hasTooMany(json: JsonObject): boolean {
    return state.slots.length > MAX_ITEMS || outputOf(asObject(json['response'])).length > MAX_ITEMS;
  }

  function passOn(json: JsonObject, type: string, spec: EventSpec): JsonObject[] {
    isGivenUp = true;
    noteUnrepairable(state, `the stream has more than ${MAX_ITEMS} items; from there on it went out as it came`);
    if (spec.role === 'terminal') state.isTerminated = true;
    state.lastType = type;
    return [json];
  }

  /** The event's object with its type in it; undefined when it is no event at all. */
  function readEvent(event: RecordedEvent): JsonObject | undefined {
    if (!event.json) {
      noteChange(state, 'data-json', 'An event whose data is not a JSON object was left out.');
      return undefined;
    }
    if (event.hasOwnType) return event.json;
    if (findEventSpec(event.type)) {
      noteChange(state, 'required-fields', `The type ${event.type} was taken from the event: line.`);
      return { type: event.type, ...event.json };
    }
    return { ...event.json, type: '' };
  }

  function dropAfterEnd(type: string, spec: EventSpec): JsonObject[] {
    noteChange(state, 'single-terminal', `${type} after the terminal event was left out.`);
    if (spec.role === 'delta') noteUnrepairable(state, 'content came after the terminal event and could not be sent any more');
    return [];
  }

  /** response.created for a stream that begins with something else. */
  function openStream(json: JsonObject, type: string): JsonObject[] {
    if (state.isCreated) return [];
    state.isCreated = true;
    // What resumes an earlier stream (GET …?starting_after=N) does not begin again.
    if (type === 'response.created' || state.isResumed) return [];
    noteChange(state, 'response-created-first', 'response.created was added.');
    const given = json['response'] ?? { id: '', object: 'response', status: 'in_progress', output: [] };
    const base = { ...asObject(given), status: 'in_progress', output: [], usage: null, error: null, incomplete_details: null };
    const response = repairResponse(state, base, 'response.created', createdAt);
    return [{ type: 'response.created', response }];
  }

  let createdCount = 0;
  function repair(json: JsonObject, type: string, spec: EventSpec): JsonObject[] {
    switch (spec.role) {
      case 'lifecycle':
        return repairLifecycle(json, type);
      case 'terminal':
        return repairTerminal(json, type);
      case 'error':
        // An error may be the last word: whatever is open ends here.
        return [...closeAll('incomplete'), json];
      case 'item-added':
        return repairItemAdded(state, json);
      case 'item-done':
        return repairItemDone(state, json);
      case 'other':
        return [json];
      default:
        return repairContent(state, json, type, spec);
    }
  }

  function repairLifecycle(json: JsonObject, type: string): JsonObject[] {
    const isCreated = type === 'response.created';
    if (isCreated) createdCount += 1;
    if (isCreated && (createdCount > 1 || state.responseId !== '')) {
      noteChange(state, 'response-created-first', 'A later response.created was left out.');
      return [];
    }
    const response = repairResponse(state, json['response'], type, createdAt);
    return [withFields(json, { response: withoutResults(state, response, type) })];
  }

  function repairTerminal(json: JsonObject, type: string): JsonObject[] {
    const given = repairResponse(state, json['response'], type, createdAt);
    const entries = outputOf(given);
    const said = new Map(entries.map((entry) => [entry, normalizeItem(entry)]));
    const status = type === 'response.completed' ? 'completed' : 'incomplete';
    const matched = new Map<ItemSlot, JsonObject>();
    const events: JsonObject[] = [];
    const free = new Set(state.slots);
    for (const entry of entries) {
      const slot = findEntrySlot(entry, free) ?? createEntrySlot(entry);
      free.delete(slot);
      matched.set(slot, entry);
    }
    for (const slot of state.slots) {
      // Servers of tool lists are asked at the same time and need no done (responses-stream.md 6).
      if (slot.isDone || slot.type === 'mcp_list_tools') continue;
      events.push(...closeItem(state, slot, said.get(matched.get(slot) as JsonObject), status));
    }
    const ordered = state.slots.filter((slot) => slot.isAnnounced).toSorted((left, right) => left.index - right.index);
    const output = ordered.map((slot) => {
      const entry = matched.get(slot);
      const item = slot.final ?? entry ?? slot.added ?? {};
      return entry && isSameItem(entry, item) ? entry : item;
    });
    // Nobody looks for the answer in a failed response; genuine ones are often empty.
    const isLeftOut = type === 'response.failed' && Array.isArray(given['output']) && given['output'].length === 0;
    const isSame =
      isLeftOut ||
      (Array.isArray(given['output']) && output.length === given['output'].length && output.every((item, at) => item === entries[at]));
    if (!isSame) noteChange(state, 'final-output-equals-stream', 'The final output was rebuilt from the stream.');
    const response = isSame ? given : { ...given, output };
    return [...events, withFields(json, { response: type === 'response.completed' ? repairUsage(state, response) : response })];
  }

  function findEntrySlot(entry: JsonObject, free: ReadonlySet<ItemSlot>): ItemSlot | undefined {
    const id = asString(entry['id']);
    const callId = asString(entry['call_id']);
    const type = asString(entry['type']) ?? '';
    const slots = [...free].filter((slot) => slot.type === type);
    return (
      slots.find((slot) => id !== undefined && slot.id === id) ??
      slots.find((slot) => id !== undefined && (slot.ids.has(id) || slot.aliases.has(id))) ??
      slots.find((slot) => callId !== undefined && slot.callId === callId) ??
      slots.find((slot) => !isNamedElsewhere(slot, entry))
    );
  }

  /** A call that has another call_id is another call. */
  function isNamedElsewhere(slot: ItemSlot, entry: JsonObject): boolean {
    const input = entry['arguments'] ?? entry['input'];
    return slot.callId !== '' && input !== undefined && slot.text !== '' && input !== slot.text;
  }

  /** An item that only the terminal output knows. */
  function createEntrySlot(entry: JsonObject): ItemSlot {
    const slot = createItemSlot(asString(entry['type']) ?? 'message', undefined);
    const id = asString(entry['id']);
    if (id) slot.ids.add(id);
    state.slots.push(slot);
    return slot;
  }

  function closeAll(status: string): JsonObject[] {
    return state.slots.filter((slot) => slot.type !== 'mcp_list_tools').flatMap((slot) => closeItem(state, slot, undefined, status));
  }

  function end(): JsonObject[] {
    if (hasEnded) return [];
    hasEnded = true;
    if (isGivenUp || state.isTerminated || state.lastType === 'error' || state.lastType === '') return [];
    noteUnrepairable(state, 'the stream ends without a terminal event; it was ended with response.failed');
    const events = closeAll('incomplete');
    noteChange(state, 'single-terminal', 'response.failed was added.');
    const message = 'The stream ended before the answer was complete.';
    const response = {
      ...repairResponse(state, { ...state.response, status: 'failed' }, 'response.failed', createdAt),
      ...{ output: state.slots.map((slot) => slot.final ?? slot.added ?? {}), usage: null, error: { code: 'server_error', message } },
    };
    state.isTerminated = true;
    const hasNumber = state.lastSequence !== undefined;
    // AI SDK reads a response.failed only when it is numbered.
    return [...events.map((one) => number(one, false, hasNumber)), number({ type: 'response.failed', response }, false, true)];
  }

  /** Numbers count on from the last one that went out; streams without numbers stay so. */
  function number(json: JsonObject, isSource: boolean, hasNumber: boolean): JsonObject {
    const given = asNumber(json['sequence_number']);
    if (given === undefined && (isSource || !hasNumber)) {
      state.unnumbered += 1;
      return json;
    }
    const least = state.lastSequence === undefined ? 0 : state.lastSequence + 1;
    const most = least + state.unnumbered;
    const isFine =
      given !== undefined &&
      ((given >= least && given <= most) ||
        (state.lastSequence === undefined && state.isResumed) ||
        // OpenAI skips a number before `error` (responses-stream.md 6).
        (json['type'] === 'error' && given > least));
    const next = isFine ? given : most;
    state.lastSequence = next;
    state.unnumbered = 0;
    if (given !== undefined && given !== next && !hasShifted) {
      hasShifted = true;
      noteChange(state, 'sequence-number-contiguous', 'Sequence numbers count on without gaps from here.');
    }
    return given === next ? json : { ...json, sequence_number: next };
  }
  let hasShifted = false;

  return {
    push,
    end,
    get hasEnded() {
      return hasEnded || state.isTerminated;
    },
    changes: state.changes,
    unrepairable: state.unrepairable,
  };
}
