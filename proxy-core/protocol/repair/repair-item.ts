/**
 * output_item.added and output_item.done. Each handler takes one event of the broken stream and returns
 * what goes out for it; an event that is right goes out as the same object.
 */
import { asNumber, asObject, asString, isObject, type JsonObject } from '../json.ts';
import { finishContent } from './close-item.ts';
import { findSlotOfItem } from './find-slot.ts';
import { hasOwnPrefix } from './make-id.ts';
import { createItemSlot, noteChange, noteUnrepairable, type ItemSlot, type RepairState } from './repair-state.ts';
import { normalizeItem } from './repair-response.ts';
import { callKindOf, canAnnounce, settleIdentity, toAddedItem, toFinalItem, withFields } from './slot-events.ts';

export function repairItemAdded(state: RepairState, json: JsonObject): JsonObject[] {
  const item = asObject(json['item']);
  const type = asString(item['type']);
  if (!isObject(json['item']) || !type) {
    noteChange(state, 'required-fields', 'An output_item.added without an item was left out; the item is announced by its next event.');
    return [];
  }
  const outputIndex = asNumber(json['output_index']);
  const id = asString(item['id']) ?? '';
  const callId = asString(item['call_id']) ?? '';
  const again = findAnnounced(state, { type, id, callId, outputIndex });
  if (again) {
    again.added ??= item;
    if (id !== '') again.ids.add(id);
    again.callId ||= callId;
    again.name ||= asString(item['name']) ?? '';
    noteChange(state, 'item-added-once', `The ${again.isAnnounced ? 'second' : 'late'} announcement of ${again.id || type} was left out.`);
    return [];
  }
  const slot = createItemSlot(type, outputIndex);
  state.slots.push(slot);
  slot.added = item;
  if (id !== '') slot.ids.add(id);
  slot.callId = callId;
  slot.name = asString(item['name']) ?? '';
  const call = callKindOf(type);
  if (call) slot.prefilled = asString(item[call.field]) ?? '';
  if (!canAnnounce(slot)) {
    noteChange(
      state,
      'required-fields',
      `The announcement of a call without ${slot.name === '' ? 'a name' : 'a call_id'} waits until the stream gives it.`,
    );
    return [];
  }
  settleIdentity(state, slot, [id]);
  const repaired = withFields(json, { output_index: slot.index, item: toAddedItem(slot) });
  if (repaired !== json) describeAdded(state, json, slot);
  return [repaired];
}

/**
 * The item that this announcement repeats: the same id at the same place, still open, or an item that
 * had to be announced before the stream did.
 */
function findAnnounced(
  state: RepairState,
  { type, id, callId, outputIndex }: { type: string; id: string; callId: string; outputIndex: number | undefined },
): ItemSlot | undefined {
  return state.slots.find((slot) => {
    if (slot.type !== type || slot.isDone) return false;
    if (slot.added === undefined) return (id !== '' && (slot.ids.has(id) || slot.aliases.has(id))) || slot.sourceIndex === outputIndex;
    const isSameCall = callId === '' || slot.callId === '' || slot.callId === callId;
    return id !== '' && slot.ids.has(id) && slot.sourceIndex === outputIndex && isSameCall;
  });
}

function describeAdded(state: RepairState, json: JsonObject, slot: ItemSlot): void {
  const item = asObject(json['item']);
  if (json['output_index'] !== slot.index) {
    noteChange(state, 'output-index-sequence', `${slot.id} got output_index ${slot.index} instead of ${String(json['output_index'])}.`);
  }
  if (slot.prefilled !== '') noteChange(state, 'deltas-equal-done', `${slot.id} was announced with its input; that goes out in deltas.`);
  const id = asString(item['id']);
  if (id && id !== slot.id) noteChange(state, 'item-id-unique', `The item announced as ${id} is ${slot.id} for the client.`);
  const call = callKindOf(slot.type);
  const needed = call
    ? ['call_id', 'name', 'status']
    : slot.type === 'message'
      ? ['content', 'status']
      : slot.type === 'reasoning'
        ? ['summary']
        : [];
  const missing = needed.filter((key) => item[key] === undefined || item[key] === null);
  if (missing.length > 0) noteChange(state, 'required-fields', `${missing.join(' and ')} of ${slot.id} were filled in.`);
}

export function repairItemDone(state: RepairState, json: JsonObject): JsonObject[] {
  const item = normalizeItem(asObject(json['item']));
  const type = asString(item['type']);
  if (!type) {
    noteChange(state, 'required-fields', 'An output_item.done without an item was left out; its item is closed at the end.');
    return [];
  }
  const outputIndex = asNumber(json['output_index']);
  const id = asString(item['id']);
  let slot = findSlotOfItem(state, { id, type, callId: asString(item['call_id']), outputIndex });
  if (slot?.isDone) {
    noteChange(state, 'nothing-after-done', `A second output_item.done of ${slot.id} was left out.`);
    return [];
  }
  if (!slot) {
    slot = createItemSlot(type, outputIndex);
    state.slots.push(slot);
  }
  if (id) slot.ids.add(id);
  const isWhole = item['status'] === undefined || item['status'] === null || item['status'] === 'completed';
  const events = finishContent(state, slot, orderIds(slot, item), isWhole);
  slot.isDone = true;
  slot.final = toFinalItem(state, slot, item, 'completed');
  const repaired = withFields(json, { output_index: slot.index, item: slot.final });
  if (repaired !== json) describeDone(state, json, slot);
  return [...events, repaired];
}

/** For an item that is only announced now: its own id when it has the right form, else another known one. */
function orderIds(slot: ItemSlot, item: JsonObject): JsonObject {
  const id = asString(item['id']) ?? '';
  if (slot.isAnnounced || hasOwnPrefix(slot.type, id)) return item;
  const better = [...slot.ids, ...slot.aliases].find((alias) => hasOwnPrefix(slot.type, alias));
  return better === undefined ? item : { ...item, id: better };
}

function describeDone(state: RepairState, json: JsonObject, slot: ItemSlot): void {
  const item = asObject(json['item']);
  const note = (kind: string, message: string): void => noteChange(state, kind, message);
  if (json['output_index'] !== slot.index) note('output-index-sequence', `The done of ${slot.id} got output_index ${slot.index}.`);
  if (item['id'] !== slot.id) note('item-id-stable', `The item done as ${String(item['id'])} was announced as ${slot.id}.`);
  for (const key of ['call_id', 'name'] as const) {
    if (callKindOf(slot.type) && item[key] !== slot.final?.[key])
      note('call-id-stable', `${key} of ${slot.id} stays ${String(slot.final?.[key])}.`);
  }
  for (const key of ['content', 'summary', 'arguments', 'input']) {
    if (item[key] !== slot.final?.[key] && slot.final?.[key] !== undefined) {
      note('deltas-equal-done', `${key} of ${slot.id} was made equal to what was streamed.`);
    }
  }
  if (item['status'] !== slot.final?.['status']) note('required-fields', `status of ${slot.id} was filled in.`);
}

/** A content event for an item whose done went out already. Its text is lost unless the item has it. */
export function dropLate(state: RepairState, slot: ItemSlot, type: string, delta: string): void {
  noteChange(state, 'nothing-after-done', `${type} after the end of ${slot.id} was left out.`);
  const texts = [slot.text, ...slot.parts.map((part) => part.text)];
  if (delta !== '' && !texts.some((text) => text.includes(delta))) {
    noteUnrepairable(state, `content of ${slot.id} came after its end and could not be sent any more`);
  }
}
